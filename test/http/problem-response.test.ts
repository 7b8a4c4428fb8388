import { AosError } from "../../src/domain/errors";
import { problemResponse } from "../../src/http/problem-response";
import { invalidRequest } from "../../src/orchestrations/request/request-error";

const bodyOf = (thrown: unknown) =>
  JSON.parse(problemResponse(thrown, "r1").body) as Record<string, unknown>;

describe("problemResponse", () => {
  test("returns the code and message of an AosError", () => {
    const error = new AosError(
      "orchestration_not_found",
      "Orchestration o1 does not exist.",
    );
    expect(problemResponse(error, "r1")).toMatchObject({
      status: 404,
      headers: { "content-type": "application/problem+json" },
    });
    expect(bodyOf(error)).toEqual({
      type: "urn:aos:error:orchestration_not_found",
      title: "Orchestration not found",
      status: 404,
      detail: "Orchestration o1 does not exist.",
      code: "orchestration_not_found",
      requestId: "r1",
    });
  });

  test("lists every invalid field", () => {
    const errors = [{ pointer: "/id", detail: "is too long" }];
    expect(bodyOf(invalidRequest(errors))).toMatchObject({
      code: "invalid_request",
      errors,
    });
  });

  test("returns internal_error without the message of an unexpected error", () => {
    const thrown = new Error("password is hunter2");
    expect(bodyOf(thrown)).toMatchObject({
      status: 500,
      code: "internal_error",
    });
    expect(JSON.stringify(bodyOf(thrown))).not.toMatch(/hunter2|\.test\.ts/);
  });

  test("sets Retry-After for a retryable error", () => {
    expect(
      problemResponse(new AosError("not_finished", "o1 is running."), "r1")
        .headers,
    ).toMatchObject({ "retry-after": "1" });
  });
});
