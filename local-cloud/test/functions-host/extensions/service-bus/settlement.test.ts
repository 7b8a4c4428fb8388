import {
  createLinkController,
  settleMessages,
} from "../../../../functions-host/extensions/service-bus/settlement";

const message = { messageId: "m" } as never;
const ok = { ok: true, returnValue: undefined } as const;
const failed = { ok: false, message: "no", stack: "" } as const;
const never = new Promise<never>(() => undefined);

/** A receiver that answers each question as told, and what it was asked. */
function receiverThat(...answers: readonly (() => Promise<void>)[]) {
  const asked: string[] = [];
  const answer = (question: string) => (): Promise<void> => {
    asked.push(question);
    return answers[asked.length - 1]?.() ?? Promise.resolve();
  };
  return {
    asked,
    completeMessage: answer("complete"),
    abandonMessage: answer("abandon"),
  };
}

async function settled(
  receiver: ReturnType<typeof receiverThat>,
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
  const told: string[] = [];
  await settleMessages([message], outcome, {
    receiver,
    autoComplete,
    link: link.signal,
    log: (_, text) => told.push(text),
  });
  return told;
}

test.each([
  [ok, true, ["complete"]],
  [failed, true, ["abandon"]],
  [ok, false, []],
  [failed, false, ["abandon"]],
])(
  "%j with auto-complete %s asks to %j",
  async (outcome, autoComplete, expected) => {
    const receiver = receiverThat();
    expect(await settled(receiver, { outcome, autoComplete })).toEqual([]);
    expect(receiver.asked).toEqual(expected);
  },
);

test("what is not answered because the link is lost is asked once more", async () => {
  const link = createLinkController();
  const receiver = receiverThat(() => {
    setImmediate(() => {
      link.abort();
    });
    return never;
  });
  expect(await settled(receiver, { link })).toEqual([]);
  expect(receiver.asked).toEqual(["complete", "complete"]);
});

test("a message whose link is lost already is settled by the next one", async () => {
  const link = createLinkController();
  link.abort();
  const receiver = receiverThat();
  await settled(receiver, { link });
  expect(receiver.asked).toEqual(["complete"]);
});

test("a lost lock is told of", async () => {
  const receiver = receiverThat(() => Promise.reject(new Error("lock lost")));
  expect(await settled(receiver)).toEqual([
    "Message m was processed, but could not be completed, so it will be delivered again: lock lost",
  ]);
});

test("a broker that does not answer is waited for no longer than five seconds", async () => {
  jest.useFakeTimers();
  try {
    const told = settled(receiverThat(() => never));
    await jest.advanceTimersByTimeAsync(5000);
    expect(await told).toEqual([
      expect.stringMatching(/there was no answer within 5 s$/),
    ] as string[]);
  } finally {
    jest.useRealTimers();
  }
});
