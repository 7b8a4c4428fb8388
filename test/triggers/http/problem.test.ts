import { AosError } from "../../../src/errors";
import { problem } from "../../../src/triggers/http/problem";
import { invalidRequest } from "../../../src/triggers/request-error";

const bodyOf = (thrown: unknown) =>
  JSON.parse(problem(thrown, "r1").body) as Record<string, unknown>;

describe("problem", () => {
  test("tells people what an AosError says", () => {
    const error = new AosError("orchestration_not_found", "There is no o1.");
    expect(problem(error, "r1")).toMatchObject({
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
      problem(new AosError("not_finished", "o1 is running."), "r1").headers,
    ).toMatchObject({ "retry-after": "1" });
  });
});
