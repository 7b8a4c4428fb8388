import { AosError } from "../../src/domain/errors";
import { problemResponse } from "../../src/http/problem-response";
import { invalidRequest } from "../../src/orchestrations/request/request-error";

const bodyOf = (thrown: unknown) =>
  JSON.parse(problemResponse(thrown, "r1").body) as Record<string, unknown>;

describe("problem", () => {
  test("tells people what an AosError says", () => {
    const error = new AosError("orchestration_not_found", "There is no o1.");
    expect(problemResponse(error, "r1")).toMatchObject({
      status: 404,
      headers: { "content-type": "application/problem+json" },
    });
    expect(bodyOf(error)).toEqual({
      type: "urn:aos:error:orchestration_not_found",
      title: "No such orchestration",
      status: 404,
      detail: "There is no o1.",
      code: "orchestration_not_found",
      requestId: "r1",
    });
  });

  test("names every field at fault", () => {
    const errors = [{ pointer: "/id", detail: "is too long" }];
    expect(bodyOf(invalidRequest(errors))).toMatchObject({
      code: "invalid_request",
      errors,
    });
  });

  test("shows nothing of what was not written for people", () => {
    const thrown = new Error("password is hunter2");
    expect(bodyOf(thrown)).toMatchObject({
      status: 500,
      code: "internal_error",
    });
    expect(JSON.stringify(bodyOf(thrown))).not.toMatch(/hunter2|\.test\.ts/);
  });

  test("says when to come back", () => {
    expect(
      problemResponse(new AosError("not_finished", "o1 is running."), "r1")
        .headers,
    ).toMatchObject({ "retry-after": "1" });
  });
});
