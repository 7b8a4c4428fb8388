import { AosError } from "../../../src/domain/errors";
import {
  logEvent,
  formatErrorTrail,
} from "../../../src/telemetry/log/log-event";
import { createEventLog } from "../../support/telemetry/event-log";

describe("logEvent", () => {
  test("writes only the defined fields of an event", () => {
    const { log, events } = createEventLog();
    const fields = { orchestrationId: "o", workflow: "w", by: "http" };
    logEvent(
      log,
      "orchestration.started",
      Object.assign(fields, { prompt: "p" }),
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

  test("truncates an id of 100,000 characters", () => {
    const { log, events } = createEventLog();
    const messageId = "x".repeat(100_000);
    logEvent(log, "message.rejected", { messageId, queue: "q", code: "c" });
    expect(JSON.stringify(events).length).toBeLessThan(500);
  });
});

describe("formatErrorTrail", () => {
  test("contains names, codes and stack frames and no messages", () => {
    const cause = Object.assign(new Error("connect xylophone"), {
      code: "ECONNREFUSED",
    });
    const thrown = new AosError("storage_unavailable", "xylophone\n  at home", {
      cause,
    });
    const trail = formatErrorTrail(thrown);
    expect(trail).toMatch(
      /^AosError storage_unavailable\n\s+at .*log-event\.test/,
    );
    expect(trail).toContain("caused by Error ECONNREFUSED");
    expect(trail).not.toContain("xylophone");
    expect(formatErrorTrail("xylophone")).toBe("string");
  });
});
