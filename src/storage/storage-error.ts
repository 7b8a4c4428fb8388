import { AosError } from "../domain/errors";

/** Errors of the storage and identity clients. By name, because their classes come from several packages. */
const clientErrorNames =
  /^(RestError|TableTransactionError|AbortError|TimeoutError|.*(Authentication|Credential).*Error)$/;

/** Converts client errors into an `AosError`. `resource` is part of its message, for example "the history of o-1". */
export async function wrapStorageErrors<Result>(
  resource: string,
  request: () => Promise<Result>,
): Promise<Result> {
  try {
    return await request();
  } catch (error) {
    throw toStorageError(resource, error);
  }
}

function toStorageError(resource: string, error: unknown): unknown {
  if (!(error instanceof Error) || !clientErrorNames.test(error.name))
    return error;
  const { status, code } = readResponse(error);
  const reason = readReason(error);
  const response = [status, code]
    .filter((part) => part !== undefined)
    .join(" ");
  return isTransient(status, code)
    ? new AosError(
        "storage_unavailable",
        `Storage did not return or write ${resource} (${response || error.name}): ${reason}. Check that storage is running, that its settings are correct and that the app has access; then try again.`,
        { cause: error },
      )
    : new AosError(
        "internal_error",
        `Storage rejected a request for ${resource} (${response}): ${reason}. This is a defect of AOS.`,
        { cause: error },
      );
}

export const hasStatusCode = (error: unknown, status: number): boolean =>
  error instanceof Error && readResponse(error).status === status;

/** False when the entire table is missing. */
export const isRowNotFound = (error: unknown): boolean =>
  error instanceof Error &&
  readResponse(error).status === 404 &&
  readResponse(error).code !== "TableNotFound";

/** Includes denied access: permissions and firewalls can be corrected while orchestrations wait. */
const transientStatuses: ReadonlySet<number> = new Set([401, 403, 408, 429]);
/** A deleted table or container is created again by the next process. */
const transientCodes: ReadonlySet<string> = new Set([
  "TableNotFound",
  "TableBeingDeleted",
  "ContainerNotFound",
  "ContainerBeingDeleted",
]);

const isTransient = (
  status: number | undefined,
  code: string | undefined,
): boolean =>
  status === undefined ||
  status >= 500 ||
  transientStatuses.has(status) ||
  (code !== undefined && transientCodes.has(code));

/** Some clients put the entire JSON or XML body into the message: extracts the message of the service. */
function readReason({ message }: Error): string {
  const reason =
    /<Message>([^<]+)/i.exec(message)?.[1] ??
    /"message":\s*(?:\{[^}]*"value":\s*)?"((?:[^"\\]|\\.)*)"/.exec(
      message,
    )?.[1] ??
    message;
  return (reason.split(/\n|\\n/, 1)[0] ?? "").replace(/[.\s]+$/, "");
}

interface StorageResponse {
  readonly status: number | undefined;
  readonly code: string | undefined;
}

function readResponse(error: Error): StorageResponse {
  const { statusCode, code, details, response } = error as {
    statusCode?: unknown;
    code?: unknown;
    details?: { odataError?: { code?: unknown } };
    response?: { headers?: { get?(name: string): unknown } };
  };
  const serviceCode =
    details?.odataError?.code ??
    code ??
    response?.headers?.get?.("x-ms-error-code");
  return {
    status: typeof statusCode === "number" ? statusCode : undefined,
    code: typeof serviceCode === "string" ? serviceCode : undefined,
  };
}
