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
const part = {
  name: "blobs",
  role: "Blob Role",
  check: () => Promise.resolve(),
};
/** As an adapter hands on what a client has thrown. */
const from = (fields: object): AosError =>
  new AosError("storage_unavailable", "Storage did not serve it.", {
    cause: Object.assign(new Error("refused"), fields),
  });
const causeOf = (
  fields: object,
  signIn: HealthDependency["authentication"] = "identity",
) =>
  diagnose({ ...dependency, authentication: signIn }, part, from(fields))
    .problem.cause;

describe("what an error of a service means", () => {
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
    ["failed", { statusCode: 500, message: "It is on fire." }],
  ])("%s is %j", (cause, fields) => {
    expect(causeOf(fields)).toBe(cause);
  });

  test("a refusal means the key where a key signs in", () => {
    const refused = {
      statusCode: 403,
      code: "AuthorizationPermissionMismatch",
    };
    expect(causeOf(refused, "key")).toBe("key_refused");
    expect(
      causeOf({ statusCode: 403, code: "AuthenticationFailed" }, "key"),
    ).toBe("key_refused");
  });

  test("the cause at the bottom counts, however deep, and among several", () => {
    const bottom = Object.assign(new Error("x"), { code: "ECONNREFUSED" });
    const nested = new Error("fetch failed", {
      cause: new AggregateError([bottom], "all attempts failed"),
    });
    expect(diagnose(dependency, part, nested).problem.cause).toBe(
      "unreachable",
    );
  });

  test("an error that is its own cause ends", () => {
    const error = new Error("loop");
    error.cause = error;
    expect(diagnose(dependency, part, error).problem.cause).toBe("failed");
  });

  test("a missing role is named, and only then", () => {
    const missing = diagnose(dependency, part, from({ statusCode: 403 }));
    expect(missing.problem.role).toBe("Blob Role");
    const away = diagnose(dependency, part, from({ code: "ECONNREFUSED" }));
    expect(away.problem.role).toBeUndefined();
    expect(away.problem.advice).toContain(
      "AzureWebJobsStorage__blobServiceUri",
    );
  });
});
