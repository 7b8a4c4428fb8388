import type { HealthDependency } from "./health-dependency";

export type Cause =
  | "unresolved_reference" // Key Vault did not provide a secret
  | "no_identity" // no credential is available
  | "role_missing" // authenticated, but not authorized
  | "key_refused" // the key or signature is wrong, has expired, or lacks rights
  | "keys_disabled" // the service accepts identities only
  | "network_refused" // a firewall or the private network refuses the app
  | "host_unknown" // DNS does not resolve the host name
  | "unreachable" // the connection is refused or breaks
  | "no_answer" // no response within the timeout of the probe
  | "not_found" // the service exists, but not the queue or model
  | "setting_invalid" // the client library rejects the setting
  | "failed"; // any other error; the message describes it

export type ErrorCause = Exclude<Cause, "unresolved_reference">;

/** Ordered: an earlier pattern is more specific than a later one. */
const patterns: readonly (readonly [RegExp, ErrorCause])[] = [
  [/\bconfiguration_invalid\b|\bbad port\b|\bInvalid URL\b/, "setting_invalid"],
  [
    /\bKeyBasedAuthenticationNotPermitted\b|\bAuthenticationTypeDisabled\b|\bLocalAuthDisabled\b|local auth\w* is disabled/i,
    "keys_disabled",
  ],
  [
    /\bAuthorizationFailure\b|\bIpAuthorizationFailure\b|\bVirtual Network\/Firewall\b|public (network )?access is disabled|has been prevented to connect/i,
    "network_refused",
  ],
  [/\bAuthenticationFailed\b|\bInvalidAuthenticationInfo\b/, "key_refused"],
  [
    /\b(CredentialUnavailable|AggregateAuthentication|AuthenticationRequired|Authentication)Error\b/,
    "no_identity",
  ],
  [/\bENOTFOUND\b|\bEAI_AGAIN\b|getaddrinfo/, "host_unknown"],
  [
    /\bAuthorization(Permission|Resource|Protocol|Service)\w*|\bUnauthorizedAccess\b|(^| )40[13]( |$)/,
    "role_missing",
  ],
  [
    /\bE(CONNREFUSED|CONNRESET|HOSTUNREACH|NETUNREACH|PIPE)\b|\bERR_TLS|\bServiceCommunicationProblem\b|certificate/i,
    "unreachable",
  ],
  [/\bETIMEDOUT\b|\b(Timeout|Abort|ServiceTimeout)(Error)?\b/, "no_answer"],
  [/\bMessagingEntityNotFound\b|(^| )404( |$)/, "not_found"],
];

/** Classifies an error of an Azure client by its names, codes and messages, including those of its causes. */
export function classifyError(
  thrown: unknown,
  authentication: HealthDependency["authentication"],
): ErrorCause {
  const text = errorChain(thrown).map(describe).join(" \n ");
  const cause = patterns.find(([pattern]) => pattern.test(text))?.[1];
  // Services return the same error in both cases: an identity lacks a role, or a key is wrong.
  if (cause === "role_missing" || cause === "key_refused")
    return authentication === "identity" ? "role_missing" : "key_refused";
  return cause ?? "failed";
}

interface ErrorFields {
  readonly name?: unknown;
  readonly code?: unknown;
  readonly statusCode?: unknown;
  readonly status?: unknown;
  readonly message?: unknown;
  readonly details?: unknown;
  readonly cause?: unknown;
  readonly errors?: unknown;
}

const maxChainLength = 20;

/** Returns the error, its causes (`cause`) and aggregated errors (`errors`), outermost first. */
function errorChain(thrown: unknown): readonly ErrorFields[] {
  const chain: ErrorFields[] = [];
  const visit = (error: unknown): void => {
    if (
      !isObject(error) ||
      chain.includes(error) ||
      chain.length > maxChainLength
    )
      return;
    chain.push(error);
    visit(error.cause);
    if (Array.isArray(error.errors)) error.errors.forEach(visit);
  };
  visit(thrown);
  return chain;
}

const isObject = (thrown: unknown): thrown is ErrorFields =>
  typeof thrown === "object" && thrown !== null;

const describe = (error: ErrorFields): string =>
  [
    error.name,
    error.code,
    storageErrorCode(error.details),
    error.statusCode ?? error.status,
    error.message,
  ]
    .filter((value) => typeof value === "string" || typeof value === "number")
    .join(" ");

/** The Table client sets `details.odataError.code`, the Blob client `details.errorCode`. */
function storageErrorCode(details: unknown): unknown {
  const { errorCode, odataError } = (details ?? {}) as {
    errorCode?: unknown;
    odataError?: { code?: unknown };
  };
  return odataError?.code ?? errorCode;
}
