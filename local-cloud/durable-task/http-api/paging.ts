/** Long lists come in pages. A token says after which id the next one begins; callers hand it back as they got it. */
import type {
  WebhookRequest,
  WebhookResponse,
} from "../../functions-host/core/extension";
import type { ListRange } from "../store/task-hub-store";
import { jsonWebhookResponse, ApiRequestError } from "./responses";

const header = "x-ms-continuation-token";
const defaultSize = 100;

export interface PageRequest {
  readonly after: string;
  readonly size: number;
}

export const parsePageRequest = ({
  url,
  headers,
}: Pick<WebhookRequest, "url" | "headers">): PageRequest => ({
  after: idIn(headers[header] ?? ""),
  size: sizeIn(url.searchParams.get("top") ?? ""),
});

/** One more than fits, which tells whether there is a next page. */
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
  idOf: (item: Item) => string,
  viewOf: (item: Item) => unknown,
): WebhookResponse {
  const items = found.slice(0, size);
  const last = items.at(-1);
  const token =
    found.length > size && last !== undefined ? tokenOf(idOf(last)) : "";
  // The header is there on the last page too: the client library asks for more while it holds something.
  return jsonWebhookResponse(200, items.map(viewOf), { [header]: token });
}

function sizeIn(text: string): number {
  if (text === "") return defaultSize;
  const size = Number(text);
  if (!Number.isInteger(size) || size < 1)
    throw new ApiRequestError(
      400,
      `'top' is not a whole number above 0: '${text}'.`,
    );
  return size;
}

const tokenOf = (id: string): string =>
  Buffer.from(JSON.stringify({ after: id })).toString("base64url");

function idIn(token: string): string {
  if (token === "") return "";
  try {
    const { after } = JSON.parse(
      Buffer.from(token, "base64url").toString("utf8"),
    ) as { readonly after?: unknown };
    if (typeof after === "string") return after;
  } catch {
    // said below
  }
  throw new ApiRequestError(
    400,
    `The header '${header}' is not one that this hub gave: '${token}'.`,
  );
}
