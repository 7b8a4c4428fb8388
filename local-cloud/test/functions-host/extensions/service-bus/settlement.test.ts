import {
  createLinkController,
  settleMessages,
} from "../../../../functions-host/extensions/service-bus/settlement";

const message = { messageId: "m" } as never;
const ok = { ok: true, returnValue: undefined } as const;
const failed = { ok: false, message: "no", stack: "" } as const;
const never = new Promise<never>(() => undefined);

/** A receiver that responds to successive calls with `responses` and records the calls. */
function createReceiver(...responses: readonly (() => Promise<void>)[]) {
  const calls: string[] = [];
  const respond = (operation: string) => (): Promise<void> => {
    calls.push(operation);
    return responses[calls.length - 1]?.() ?? Promise.resolve();
  };
  return {
    calls,
    completeMessage: respond("complete"),
    abandonMessage: respond("abandon"),
  };
}

async function settle(
  receiver: ReturnType<typeof createReceiver>,
  {
    link = createLinkController(),
    outcome = ok,
    autoComplete = true,
  }: {
    readonly link?: AbortController;
    readonly outcome?: typeof ok | typeof failed;
    readonly autoComplete?: boolean;
  } = {},
): Promise<readonly string[]> {
  const warnings: string[] = [];
  await settleMessages([message], outcome, {
    receiver,
    autoComplete,
    link: link.signal,
    log: (_, text) => warnings.push(text),
  });
  return warnings;
}

test.each([
  [ok, true, ["complete"]],
  [failed, true, ["abandon"]],
  [ok, false, []],
  [failed, false, ["abandon"]],
])(
  "%j with auto-complete %s leads to %j",
  async (outcome, autoComplete, expected) => {
    const receiver = createReceiver();
    expect(await settle(receiver, { outcome, autoComplete })).toEqual([]);
    expect(receiver.calls).toEqual(expected);
  },
);

test("a settlement without a response is repeated when the link is lost", async () => {
  const link = createLinkController();
  const receiver = createReceiver(() => {
    setImmediate(() => {
      link.abort();
    });
    return never;
  });
  expect(await settle(receiver, { link })).toEqual([]);
  expect(receiver.calls).toEqual(["complete", "complete"]);
});

test("a message whose link is lost before its settlement is settled once", async () => {
  const link = createLinkController();
  link.abort();
  const receiver = createReceiver();
  await settle(receiver, { link });
  expect(receiver.calls).toEqual(["complete"]);
});

test("a lost lock is logged", async () => {
  const receiver = createReceiver(() => Promise.reject(new Error("lock lost")));
  expect(await settle(receiver)).toEqual([
    "Message m was processed, but could not be completed, so it will be delivered again: lock lost",
  ]);
});

test("a settlement is abandoned when the broker does not respond within five seconds", async () => {
  jest.useFakeTimers();
  try {
    const warnings = settle(createReceiver(() => never));
    await jest.advanceTimersByTimeAsync(5000);
    expect(await warnings).toEqual([
      expect.stringMatching(/no response within 5 s$/),
    ] as string[]);
  } finally {
    jest.useRealTimers();
  }
});
