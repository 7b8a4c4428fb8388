import type { TypedData } from "../core/extension";

export interface HttpFunctionResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: Uint8Array | string;
}

interface RpcCookie {
  readonly name: string;
  readonly value: string;
  readonly domain?: { readonly value: string };
  readonly path?: { readonly value: string };
  readonly expires?: {
    readonly value: { readonly seconds: number | string };
  };
  readonly secure?: { readonly value: boolean };
  readonly httpOnly?: { readonly value: boolean };
  readonly sameSite?: string;
  readonly maxAge?: { readonly value: number };
}

interface RpcHttp {
  readonly statusCode?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly cookies?: readonly RpcCookie[];
  readonly body?: TypedData;
}

/** Converts the return value of an HTTP function. Without a return value, the response is 204. */
export function fromRpcHttp(
  returned: TypedData | null | undefined,
): HttpFunctionResponse {
  const http = returned?.http as RpcHttp | undefined;
  if (http === undefined) return { status: 204 };
  const cookies = (http.cookies ?? []).map(formatCookie);
  const body = http.body?.bytes ?? http.body?.string;
  return {
    status: Number(http.statusCode ?? 200),
    headers: {
      ...http.headers,
      ...(cookies.length > 0 && { "set-cookie": cookies }),
    },
    ...(body !== undefined && { body }),
  };
}

const sameSiteValues: Readonly<Record<string, string>> = {
  lax: "Lax",
  strict: "Strict",
  explicitNone: "None",
};

function formatCookie(cookie: RpcCookie): string {
  const attributes = [
    attribute("Domain", cookie.domain?.value),
    attribute("Path", cookie.path?.value),
    attribute("Expires", formatExpires(cookie)),
    attribute("Max-Age", cookie.maxAge?.value),
    attribute("SameSite", sameSiteValues[cookie.sameSite ?? ""]),
    cookie.secure?.value ? ["Secure"] : [],
    cookie.httpOnly?.value ? ["HttpOnly"] : [],
  ];
  return [
    `${cookie.name}=${encodeURIComponent(cookie.value)}`,
    ...attributes.flat(),
  ].join("; ");
}

const attribute = (
  name: string,
  value: string | number | undefined,
): string[] => (value === undefined ? [] : [`${name}=${value}`]);

const formatExpires = ({ expires }: RpcCookie): string | undefined =>
  expires && new Date(Number(expires.value.seconds) * 1000).toUTCString();
