import { AosError } from "../../../src/domain/errors";
import { invalidRequest } from "../../../src/orchestrations/request/request-error";
import { decideDisposition } from "../../../src/messaging/in/decide-disposition";

const failing = (thrown: unknown, deliveryCount = 1) =>
  decideDisposition({ ok: false, thrown }, deliveryCount);

describe("decide", () => {
  test("completes what was started", () => {
    expect(decideDisposition({ ok: true }, 3)).toEqual({ kind: "complete" });
  });

  test("rejects what the sender got wrong, with every field", () => {
    const errors = [
      { pointer: "/a", detail: "is required" },
      { pointer: "/b", detail: "is not a known field" },
    ];
    expect(failing(invalidRequest(errors))).toMatchObject({
      kind: "deadLetter",
      reason: "invalid_request",
      errors,
    });
  });

  test.each([
    "malformed_json",
    "workflow_not_found",
    "invalid_workflow",
    "idempotency_conflict",
  ] as const)("rejects %s with its code as the reason", (code) => {
    expect(failing(new AosError(code, "Why."))).toEqual({
      kind: "deadLetter",
      reason: code,
      description: "Why.",
      errors: [],
    });
  });

  test.each([
    new AosError("storage_unavailable", "Away."),
    new AosError("messaging_unavailable", "Away."),
    new AosError("internal_error", "Ours."),
    new TypeError("x is not a function"),
    "a string",
  ])("gives back a message when %s was thrown", (error) => {
    expect(failing(error)).toMatchObject({ kind: "abandon", error });
  });

  test("waits twice as long after each delivery, up to four seconds", () => {
    const pauses = [1, 2, 3, 4, 5, 6, 50].map((count) => {
      const outcome = failing("x", count);
      return outcome.kind === "abandon" ? outcome.pauseMs : undefined;
    });
    expect(pauses).toEqual([250, 500, 1000, 2000, 4000, 4000, 4000]);
  });
});
