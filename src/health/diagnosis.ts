/** What the error of a service means, for whoever is to mend it. */
import { toFailure } from "../domain/errors";
import type { HealthDependency, HealthProbe } from "./health-dependency";

type Cause =
  | "unresolved_reference" // Key Vault did not give a secret
  | "no_identity" // there is nobody to sign in as
  | "role_missing" // signed in, and not allowed
  | "key_refused" // the key or signature is wrong, has expired, or has too few rights
  | "keys_disabled" // the service takes identities only
  | "network_refused" // a firewall, or the private network
  | "host_unknown" // the name of the host leads nowhere
  | "unreachable" // nobody listens there, or the connection breaks
  | "no_answer" // not within the time of a check
  | "not_found" // the service is there, the queue or model is not
  | "setting_invalid" // a setting that no client can use
  | "failed"; // anything else: the message says what

interface Problem {
  readonly part: string;
  readonly cause: Cause;
  /** What the service said. */
  readonly message: string;
  /** What to do. */
  readonly advice: string;
  /** The role to assign. */
  readonly role?: string;
}

export interface Diagnosis {
  /** Of the error, as everywhere else. */
  readonly code: string;
  readonly problem: Problem;
}

export function diagnose(
  dependency: HealthDependency,
  part: HealthProbe,
  thrown: unknown,
): Diagnosis {
  const cause = causeOf(dependency, thrown);
  const { code, message } = toFailure(thrown);
  const { role } = part;
  return {
    code,
    problem: {
      part: part.name,
      cause,
      message,
      advice: advice(cause, dependency, part),
      ...(cause === "role_missing" && role !== undefined && { role }),
    },
  };
}

export function diagnoseUnresolvedSettings(
  dependency: HealthDependency,
): Diagnosis {
  const { code, unresolved } = dependency;
  const role = "Key Vault Secrets User";
  return {
    code,
    problem: {
      part: "settings",
      cause: "unresolved_reference",
      message: `Key Vault did not give ${unresolved.join(", ")}: what is there is still the reference.`,
      advice: `See the state of the reference among the app's environment variables in the portal: whether the vault can be reached, the secret exists, and the app's identity has the role "${role}". Then restart the app.`,
      role,
    },
  };
}

/** The error and what it was caused by, outermost first. Causes are told in more than one way. */
function chain(thrown: unknown): readonly SomeError[] {
  const found: SomeError[] = [];
  const visit = (each: unknown): void => {
    if (!isObject(each) || found.includes(each) || found.length > 20) return;
    found.push(each);
    visit(each.cause);
    if (Array.isArray(each.errors)) each.errors.forEach(visit);
  };
  visit(thrown);
  return found;
}

interface SomeError {
  readonly name?: unknown;
  readonly code?: unknown;
  readonly statusCode?: unknown;
  readonly status?: unknown;
  readonly message?: unknown;
  readonly details?: unknown;
  readonly cause?: unknown;
  readonly errors?: unknown;
}

const isObject = (thrown: unknown): thrown is SomeError =>
  typeof thrown === "object" && thrown !== null;

/** All that an error says of its kind, as one text. */
const wordsOf = (error: SomeError): string =>
  [
    error.name,
    error.code,
    errorCode(error.details),
    error.statusCode ?? error.status,
    error.message,
  ]
    .filter((word) => typeof word === "string" || typeof word === "number")
    .join(" ");

/** Where the clients of tables and blobs put the code of the service. */
function errorCode(details: unknown): unknown {
  const { errorCode, odataError } = (details ?? {}) as {
    errorCode?: unknown;
    odataError?: { code?: unknown };
  };
  return odataError?.code ?? errorCode;
}

/** First come the words that leave no doubt. */
const signs: readonly (readonly [RegExp, Found])[] = [
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

type Found = Exclude<Cause, "unresolved_reference">;

function causeOf({ authentication }: HealthDependency, thrown: unknown): Found {
  const words = chain(thrown).map(wordsOf).join(" \n ");
  const found = signs.find(([sign]) => sign.test(words))?.[1] ?? "failed";
  // The same answer has another meaning for who shows a key: it has too few rights, or is wrong.
  if (found === "role_missing" && authentication !== "identity")
    return "key_refused";
  return found === "key_refused" && authentication === "identity"
    ? "role_missing"
    : found;
}

function advice(cause: Found, of: HealthDependency, part: HealthProbe): string {
  const settings = of.settings.join(", ");
  const role = part.role ?? "a role";
  const texts: Readonly<Record<Found, string>> = {
    no_identity: `Give the app an identity, and name it in AZURE_CLIENT_ID; or sign in (az login) on your own machine.`,
    role_missing: `Assign the role "${role}" for ${part.name} to the app's identity. A new role works after up to a minute, in rare cases ten.`,
    key_refused: `The key or signature in ${settings} is wrong, has expired, or has too few rights for ${part.name}: correct it, or use the app's identity with the role "${role}".`,
    keys_disabled: `Remove the connection string from ${settings}, and set what the app's identity needs instead.`,
    network_refused: `The firewall refuses the app: see whether it is in the network, and whether the private endpoint and its DNS entry are there.`,
    host_unknown: `See whether the name of the host in ${settings} is right, and whether its private DNS zone is linked to the network.`,
    unreachable: `See whether it runs, whether ${settings} leads to it, and whether a firewall is in between.`,
    no_answer: `See whether ${settings} leads to it, and whether a firewall is in between.`,
    not_found: `See whether ${part.name} is there, and whether ${settings} leads to the right place.`,
    setting_invalid: `Correct ${settings} and restart the app.`,
    failed: `See what the service says, and ${settings}.`,
  };
  return texts[cause];
}
