import { InvocationContext } from "@azure/functions";
import { createActivityHandler } from "../../src/app/activity-handler";
import { notifyStepSettledActivity } from "../../src/domain/contracts";
import { AosError } from "../../src/domain/errors";

const keyed = {
  call: "notifyStepSettled/o@s",
  input: { orchestrationId: "o", stepId: "s", child: "o@s" },
};

function createContext() {
  const lines: string[] = [];
  const context = new InvocationContext({
    functionName: "notifyStepSettled",
    logHandler: (_level, line) => lines.push(String(line)),
  });
  return { context, lines };
}

test("answers with the key of the call and the result", async () => {
  const inputs: unknown[] = [];
  const run = createActivityHandler(notifyStepSettledActivity, (input) => {
    inputs.push(input);
    return Promise.resolve(null);
  });
  expect(await run(keyed, createContext().context)).toEqual({
    call: keyed.call,
    ok: true,
    value: null,
  });
  expect(inputs).toEqual([keyed.input]);
});

test("answers with the code and the message of an error, logs both and redacts secrets", async () => {
  const { context, lines } = createContext();
  const run = createActivityHandler(notifyStepSettledActivity, () =>
    Promise.reject(new AosError("tool_failed", "no paper, api_key=abcdefgh12")),
  );
  const message = "no paper, api_key=[redacted]";
  expect(await run(keyed, context)).toEqual({
    call: keyed.call,
    ok: false,
    failure: { code: "tool_failed", message },
  });
  const [event = "", ...others] = lines;
  expect(JSON.parse(event)).toMatchObject({
    event: "activity.failed",
    code: "tool_failed",
  });
  expect(others).toEqual([message]);
});

test("runs concurrent calls with the same key once", async () => {
  let count = 0;
  const run = createActivityHandler(notifyStepSettledActivity, async () => {
    count++;
    await Promise.resolve();
    return null;
  });
  const other = { ...keyed, call: "notifyStepSettled/o@t" };
  const answers = await Promise.all(
    [keyed, keyed, other].map((each) => run(each, createContext().context)),
  );
  expect(answers.map(({ call }) => call)).toEqual([
    keyed.call,
    keyed.call,
    other.call,
  ]);
  expect(count).toBe(2);
});
