/** Parsers of query parameters. As in .NET, names of values are case-insensitive and empty values count as absent. */
import type { RuntimeStatus } from "../model/instance";
import type { InstanceFilter } from "../model/list-filters";
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
    throw new ApiRequestError(400, `'${name}' must be a time, not '${text}'.`);
  return ms;
}

const statuses: ReadonlyMap<string, RuntimeStatus | undefined> = new Map([
  ["pending", "Pending"],
  ["running", "Running"],
  ["suspended", "Suspended"],
  ["completed", "Completed"],
  ["failed", "Failed"],
  ["terminated", "Terminated"],
  // Valid names on Azure. No instance of this hub has them.
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
    ...(names.length > 0 && { status: names.flatMap(parseStatus) }),
    ...(createdFrom !== undefined && { createdFrom }),
    ...(createdTo !== undefined && { createdTo }),
    ...(idPrefix !== "" && { idPrefix }),
  };
}

function parseStatus(name: string): RuntimeStatus[] {
  const known = name.toLowerCase();
  if (!statuses.has(known))
    throw new ApiRequestError(
      400,
      `'runtimeStatus' must be a status, not '${name}'. Use Pending, Running, Suspended, Completed, Failed or Terminated.`,
    );
  const status = statuses.get(known);
  return status === undefined ? [] : [status];
}
