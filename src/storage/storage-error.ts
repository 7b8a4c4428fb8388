import { AosError } from "../domain/errors";

/** Errors of the storage clients and of the identity behind them, by name: they come from several packages. */
const foreign =
  /^(RestError|TableTransactionError|AbortError|TimeoutError|.*(Authentication|Credential).*Error)$/;

/** Runs a request to storage. What stays unhandled of its errors becomes one of ours; `what` names the thing. */
export async function wrapStorageErrors<Result>(
  what: string,
  request: () => Promise<Result>,
): Promise<Result> {
  try {
    return await request();
  } catch (error) {
    throw toStorageError(what, error);
  }
}

function toStorageError(what: string, error: unknown): unknown {
  if (!(error instanceof Error) || !foreign.test(error.name)) return error;
  const { status, code } = answerOf(error);
  const reason = reasonOf(error);
  const told = [status, code].filter((part) => part !== undefined).join(" ");
  return isPassing(status, code)
    ? new AosError(
        "storage_unavailable",
        `Storage did not serve ${what} (${told || error.name}): ${reason}. Check that it runs, that the settings which lead to it are right and that the app may use it; then try again.`,
        { cause: error },
      )
    : new AosError(
        "internal_error",
        `Storage refused a request for ${what} (${told}): ${reason}. This is a fault of AOS.`,
        { cause: error },
      );
}

export const hasStatusCode = (error: unknown, status: number): boolean =>
  error instanceof Error && answerOf(error).status === status;

/** The row is not there, though its table is. */
export const isRowNotFound = (error: unknown): boolean =>
  error instanceof Error &&
  answerOf(error).status === 404 &&
  answerOf(error).code !== "TableNotFound";

/** Refused access counts as passing: permissions and firewalls are mended while orchestrations wait. */
const passingStatuses: ReadonlySet<number> = new Set([401, 403, 408, 429]);
/** A table or container that was deleted under us is made again by the next process. */
const passingCodes: ReadonlySet<string> = new Set([
  "TableNotFound",
  "TableBeingDeleted",
  "ContainerNotFound",
  "ContainerBeingDeleted",
]);

const isPassing = (
  status: number | undefined,
  code: string | undefined,
): boolean =>
  status === undefined ||
  status >= 500 ||
  passingStatuses.has(status) ||
  (code !== undefined && passingCodes.has(code));

/** The clients leave some answers as they came: the service's own sentence is somewhere in the JSON or XML. */
function reasonOf({ message }: Error): string {
  const told =
    /<Message>([^<]+)/i.exec(message)?.[1] ??
    /"message":\s*(?:\{[^}]*"value":\s*)?"((?:[^"\\]|\\.)*)"/.exec(
      message,
    )?.[1] ??
    message;
  return (told.split(/\n|\\n/, 1)[0] ?? "").replace(/[.\s]+$/, "");
}

interface StorageAnswer {
  readonly status: number | undefined;
  readonly code: string | undefined;
}

function answerOf(error: Error): StorageAnswer {
  const { statusCode, code, details, response } = error as {
    statusCode?: unknown;
    code?: unknown;
    details?: { odataError?: { code?: unknown } };
    response?: { headers?: { get?(name: string): unknown } };
  };
  const told =
    details?.odataError?.code ??
    code ??
    response?.headers?.get?.("x-ms-error-code");
  return {
    status: typeof statusCode === "number" ? statusCode : undefined,
    code: typeof told === "string" ? told : undefined,
  };
}
