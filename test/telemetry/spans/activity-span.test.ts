import { AosError } from "../../../src/domain/errors";
import {
  readActivityOwner,
  traceActivity,
} from "../../../src/telemetry/spans/activity-span";
import { createEventLog } from "../../support/telemetry/event-log";

describe("traceActivity", () => {
  test.each([
    ["callModel", "model.failed", { attempt: 2 }],
    ["callTool", "tool.failed", { attempt: 2, tool: "t", idempotencyKey: "k" }],
    [
      "evaluateExpression",
      "activity.failed",
      { activity: "evaluateExpression" },
    ],
  ])(
    "logs a failed attempt of %s as %s with its ids and code",
    async (name, event, fields) => {
      const { log, events } = createEventLog();
      const input = {
        turn: { orchestrationId: "o", stepId: "s" },
        attempt: 2,
        tool: "t",
        idempotencyKey: "k",
        prompt: "xylophone",
      };
      const failing = traceActivity(name, input, log, () =>
        Promise.reject(new AosError("tool_failed", "xylophone")),
      );
      await expect(failing).rejects.toThrow("xylophone");
      expect(events).toEqual([
        {
          level: "warn",
          event,
          orchestrationId: "o",
          stepId: "s",
          code: "tool_failed",
          ...fields,
        },
      ]);
    },
  );
});

test("readActivityOwner finds the owner in a turn, a call and the input itself", () => {
  const owner = { orchestrationId: "o", stepId: "s", traceparent: "t" };
  expect(readActivityOwner({ turn: owner })).toEqual({
    ...owner,
    isTurn: true,
  });
  expect(readActivityOwner({ call: { turn: owner } })).toEqual({
    ...owner,
    isTurn: true,
  });
  expect(readActivityOwner({ call: { step: owner } })).toEqual({
    ...owner,
    isTurn: false,
  });
  expect(
    readActivityOwner({ orchestrationId: "o", metadata: { traceparent: "t" } }),
  ).toEqual({ orchestrationId: "o", traceparent: "t", isTurn: false });
  expect(readActivityOwner(null)).toBeUndefined();
});
