/** The parameters of the API's queries, as .NET reads them: names of values in any case, empty ones as absent. */
import type { RuntimeStatus } from "../model/instance";
import type { InstanceFilter } from "../store/task-hub-store";
import { ApiRequestError } from "./responses";

export const isNotFalseParameter = (
  query: URLSearchParams,
  name: string,
): boolean => query.get(name)?.toLowerCase() !== "false";

export const isTrueParameter = (
  query: URLSearchParams,
  name: string,
): boolean => query.get(name)?.toLowerCase() === "true";

export function parseTimeParameter(
  query: URLSearchParams,
  name: string,
): number | undefined {
  const text = query.get(name) ?? "";
  if (text === "") return undefined;
  const ms = Date.parse(text);
  if (Number.isNaN(ms))
    throw new ApiRequestError(400, `'${name}' is not a time: '${text}'.`);
  return ms;
}

const statuses: ReadonlyMap<string, RuntimeStatus | undefined> = new Map([
  ["pending", "Pending"],
  ["running", "Running"],
  ["suspended", "Suspended"],
  ["completed", "Completed"],
  ["failed", "Failed"],
  ["terminated", "Terminated"],
  // Names of the real host that no instance ever has here.
  ["continuedasnew", undefined],
  ["canceled", undefined],
]);

export function parseInstanceFilter(query: URLSearchParams): InstanceFilter {
  const createdFrom = parseTimeParameter(query, "createdTimeFrom");
  const createdTo = parseTimeParameter(query, "createdTimeTo");
  const idPrefix = query.get("instanceIdPrefix") ?? "";
  const names = query
    .getAll("runtimeStatus")
    .flatMap((list) => list.split(","))
    .map((name) => name.trim())
    .filter((name) => name !== "");
  return {
    ...(names.length > 0 && { status: names.flatMap(statusOf) }),
    ...(createdFrom !== undefined && { createdFrom }),
    ...(createdTo !== undefined && { createdTo }),
    ...(idPrefix !== "" && { idPrefix }),
  };
}

function statusOf(name: string): RuntimeStatus[] {
  const known = name.toLowerCase();
  if (!statuses.has(known))
    throw new ApiRequestError(
      400,
      `'runtimeStatus' is not a status: '${name}'. Use Pending, Running, Suspended, Completed, Failed or Terminated.`,
    );
  const status = statuses.get(known);
  return status === undefined ? [] : [status];
}
