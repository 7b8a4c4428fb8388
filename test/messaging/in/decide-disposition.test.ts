import { AosError } from "../../../src/domain/errors";
import { invalidRequest } from "../../../src/orchestrations/request/request-error";
import { decideDisposition } from "../../../src/messaging/in/decide-disposition";

const failing = (thrown: unknown, deliveryCount = 1) =>
  decideDisposition({ ok: false, thrown }, deliveryCount);

describe("decideDisposition", () => {
  test("completes a message whose orchestration was started", () => {
    expect(decideDisposition({ ok: true }, 3)).toEqual({ kind: "complete" });
  });

  test("dead-letters an invalid request with all field errors", () => {
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
  ] as const)("dead-letters %s with its code as the reason", (code) => {
    expect(failing(new AosError(code, "Message."))).toEqual({
      kind: "deadLetter",
      reason: code,
      description: "Message.",
      errors: [],
    });
  });

  test.each([
    new AosError("storage_unavailable", "Unavailable."),
    new AosError("messaging_unavailable", "Unavailable."),
    new AosError("internal_error", "Internal error."),
    new TypeError("x is not a function"),
    "a string",
  ])("abandons a message when %s was thrown", (error) => {
    expect(failing(error)).toMatchObject({ kind: "abandon", error });
  });

  test("doubles the pause with each delivery up to four seconds", () => {
    const pauses = [1, 2, 3, 4, 5, 6, 50].map((count) => {
      const disposition = failing("x", count);
      return disposition.kind === "abandon" ? disposition.pauseMs : undefined;
    });
    expect(pauses).toEqual([250, 500, 1000, 2000, 4000, 4000, 4000]);
  });
});
