import { AosError } from "../../../src/domain/errors";
import { traceActivity } from "../../../src/telemetry/spans/activity-span";
import {
  logEvent,
  formatErrorTrail,
} from "../../../src/telemetry/log/log-event";
import { createEventLog } from "../../support/telemetry/event-log";

describe("the log", () => {
  test("has the fields of its events, and nothing else that it is given", () => {
    const { log, events } = createEventLog();
    const given = { orchestrationId: "o", workflow: "w", by: "http" };
    logEvent(
      log,
      "orchestration.started",
      Object.assign(given, { prompt: "p" }),
    );
    logEvent(log, "claim.left", { orchestrationId: "o", code: undefined });
    expect(events).toEqual([
      {
        level: "info",
        event: "orchestration.started",
        orchestrationId: "o",
        workflow: "w",
        by: "http",
      },
      { level: "warn", event: "claim.left", orchestrationId: "o" },
    ]);
  });

  test("has no line longer than the ids that others make may be", () => {
    const { log, events } = createEventLog();
    const messageId = "x".repeat(100_000);
    logEvent(log, "message.rejected", { messageId, queue: "q", code: "c" });
    expect(JSON.stringify(events).length).toBeLessThan(500);
  });

  test("tells where an error came from without saying what it says", () => {
    const cause = Object.assign(new Error("connect xylophone"), {
      code: "ECONNREFUSED",
    });
    const thrown = new AosError("storage_unavailable", "xylophone\n  at home", {
      cause,
    });
    const trail = formatErrorTrail(thrown);
    expect(trail).toMatch(/^AosError storage_unavailable\n\s+at .*log\.test/);
    expect(trail).toContain("caused by Error ECONNREFUSED");
    expect(trail).not.toContain("xylophone");
    expect(formatErrorTrail("xylophone")).toBe("string");
  });
});

describe("an attempt that fails", () => {
  test.each([
    ["callModel", "model.failed", { attempt: 2 }],
    ["callTool", "tool.failed", { attempt: 2, tool: "t", idempotencyKey: "k" }],
    [
      "evaluateExpression",
      "activity.failed",
      { activity: "evaluateExpression" },
    ],
  ])(
    "of %s is logged as %s, by its ids and code",
    async (name, event, more) => {
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
          ...more,
        },
      ]);
    },
  );
});
