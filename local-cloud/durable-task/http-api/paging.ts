import type {
  WebhookRequest,
  WebhookResponse,
} from "../../functions-host/core/extension";
import type { ListRange } from "../model/list-filters";
import { jsonWebhookResponse, ApiRequestError } from "./responses";

const tokenHeader = "x-ms-continuation-token";
const defaultPageSize = 100;

export interface PageRequest {
  /** The id that precedes the page, from the continuation token. */
  readonly after: string;
  readonly size: number;
}

export const parsePageRequest = ({
  url,
  headers,
}: Pick<WebhookRequest, "url" | "headers">): PageRequest => ({
  after: parseToken(headers[tokenHeader] ?? ""),
  size: parseSize(url.searchParams.get("top") ?? ""),
});

/** Requests one entry more than the page size, to find out whether another page follows. */
export const toListRange = ({
  after,
  size,
}: PageRequest): Required<Pick<ListRange, "after" | "limit">> => ({
  after,
  limit: size + 1,
});

export function pageResponse<Item>(
  { size }: PageRequest,
  found: readonly Item[],
  toId: (item: Item) => string,
  toView: (item: Item) => unknown,
): WebhookResponse {
  const items = found.slice(0, size);
  const last = items.at(-1);
  const isLastPage = found.length <= size || last === undefined;
  return jsonWebhookResponse(
    200,
    items.map(toView),
    isLastPage ? {} : { [tokenHeader]: formatToken(toId(last)) },
  );
}

function parseSize(text: string): number {
  if (text === "") return defaultPageSize;
  const size = Number(text);
  if (!Number.isInteger(size) || size < 1)
    throw new ApiRequestError(
      400,
      `'top' must be a positive integer, not '${text}'.`,
    );
  return size;
}

const formatToken = (id: string): string =>
  Buffer.from(JSON.stringify({ after: id })).toString("base64url");

function parseToken(token: string): string {
  if (token === "") return "";
  try {
    const { after } = JSON.parse(
      Buffer.from(token, "base64url").toString("utf8"),
    ) as { readonly after?: unknown };
    if (typeof after === "string") return after;
  } catch {
    // reported below
  }
  throw new ApiRequestError(
    400,
    `The header '${tokenHeader}' is not a continuation token of this task hub: '${token}'.`,
  );
}
