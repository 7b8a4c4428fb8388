import { AosError } from "../../src/domain/errors";
import type { HealthDependency } from "../../src/health/health-dependency";
import { diagnose } from "../../src/health/diagnosis";

const dependency: HealthDependency = {
  name: "storage",
  code: "storage_unavailable",
  authentication: "identity",
  settings: ["AzureWebJobsStorage__blobServiceUri"],
  unresolved: [],
};
const probe = {
  name: "blobs",
  role: "Blob Role",
  check: () => Promise.resolve(),
};
/** An error of an adapter whose cause is a client's error. */
const adapterError = (fields: object): AosError =>
  new AosError("storage_unavailable", "Storage is unavailable.", {
    cause: Object.assign(new Error("refused"), fields),
  });
const causeOf = (
  fields: object,
  authentication: HealthDependency["authentication"] = "identity",
) =>
  diagnose({ ...dependency, authentication }, probe, adapterError(fields))
    .problem.cause;

describe("diagnose", () => {
  test.each([
    [
      "role_missing",
      { statusCode: 403, code: "AuthorizationPermissionMismatch" },
    ],
    [
      "role_missing",
      { details: { odataError: { code: "AuthorizationPermissionMismatch" } } },
    ],
    ["role_missing", { name: "ServiceBusError", code: "UnauthorizedAccess" }],
    ["role_missing", { status: 401, message: "PermissionDenied" }],
    ["network_refused", { statusCode: 403, code: "AuthorizationFailure" }],
    [
      "network_refused",
      {
        status: 403,
        message:
          "Public access is disabled. Please configure private endpoint.",
      },
    ],
    [
      "keys_disabled",
      { statusCode: 403, code: "KeyBasedAuthenticationNotPermitted" },
    ],
    [
      "keys_disabled",
      {
        message:
          "LocalAuthDisabled: Authorization failed because SAS authentication has been disabled",
      },
    ],
    [
      "no_identity",
      {
        name: "CredentialUnavailableError",
        message: "ManagedIdentityCredential: no endpoint",
      },
    ],
    [
      "no_identity",
      {
        name: "AggregateAuthenticationError",
        message: "ChainedTokenCredential",
      },
    ],
    ["host_unknown", { code: "ENOTFOUND" }],
    ["host_unknown", { code: "EAI_AGAIN" }],
    [
      "network_refused",
      {
        name: "ServiceBusError",
        message: "Ip has been prevented to connect to the endpoint.",
      },
    ],
    [
      "keys_disabled",
      {
        status: 403,
        code: "AuthenticationTypeDisabled",
        message: "Key based authentication is disabled for this resource.",
      },
    ],
    ["unreachable", { code: "ECONNREFUSED" }],
    ["unreachable", { code: "ServiceCommunicationProblem" }],
    ["unreachable", { message: "self-signed certificate" }],
    ["no_answer", { name: "AbortError" }],
    ["no_answer", { code: "ETIMEDOUT" }],
    ["not_found", { code: "MessagingEntityNotFound" }],
    ["not_found", { status: 404 }],
    ["failed", { statusCode: 500, message: "Internal error." }],
  ])("returns %s for %j", (cause, fields) => {
    expect(causeOf(fields)).toBe(cause);
  });

  test("returns key_refused for a refusal when a key authenticates", () => {
    const refused = {
      statusCode: 403,
      code: "AuthorizationPermissionMismatch",
    };
    expect(causeOf(refused, "key")).toBe("key_refused");
    expect(
      causeOf({ statusCode: 403, code: "AuthenticationFailed" }, "key"),
    ).toBe("key_refused");
  });

  test("classifies the innermost cause, also within an AggregateError", () => {
    const innermost = Object.assign(new Error("x"), { code: "ECONNREFUSED" });
    const nested = new Error("fetch failed", {
      cause: new AggregateError([innermost], "all attempts failed"),
    });
    expect(diagnose(dependency, probe, nested).problem.cause).toBe(
      "unreachable",
    );
  });

  test("returns failed for an error that is its own cause", () => {
    const error = new Error("loop");
    error.cause = error;
    expect(diagnose(dependency, probe, error).problem.cause).toBe("failed");
  });

  test("names the role only when the role is missing", () => {
    const missing = diagnose(
      dependency,
      probe,
      adapterError({ statusCode: 403 }),
    );
    expect(missing.problem.role).toBe("Blob Role");
    const unreachable = diagnose(
      dependency,
      probe,
      adapterError({ code: "ECONNREFUSED" }),
    );
    expect(unreachable.problem.role).toBeUndefined();
    expect(unreachable.problem.advice).toContain(
      "AzureWebJobsStorage__blobServiceUri",
    );
  });
});
