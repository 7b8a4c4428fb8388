import { createHmac, timingSafeEqual } from "node:crypto";

export interface AccessKey {
  readonly name: string;
  readonly key: string;
}

/**
 * Returns why a shared access signature is invalid; undefined when it was signed with the key, has not expired and covers
 * the audience. https://learn.microsoft.com/azure/service-bus-messaging/service-bus-sas#generate-a-shared-access-signature-token
 */
export function validateSasToken(
  token: string,
  audience: string,
  { name, key }: AccessKey,
  now: number,
): string | undefined {
  const fields = parseFields(token);
  if (fields === undefined) return "it is not a shared access signature";
  const { resource, expiry, signature, keyName } = fields;
  if (keyName !== name) return `the key name '${keyName}' is unknown`;
  if (!isValidSignature(signature, `${resource}\n${expiry}`, key))
    return "it was signed with another key";
  if (Number(expiry) * 1000 <= now) return "it has expired";
  return isWithinResource(
    resourcePath(audience),
    resourcePath(decodeOrKeep(resource)),
  )
    ? undefined
    : "it was issued for another resource";
}

/** Undefined when the token has another scheme. Missing fields are empty. */
function parseFields(token: string) {
  const [scheme, text] = token.split(" ", 2);
  if (scheme !== "SharedAccessSignature" || text === undefined)
    return undefined;
  const fields = new Map(
    text.split("&").map((pair) => {
      const at = pair.indexOf("=");
      return [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
  const field = (name: string): string => fields.get(name) ?? "";
  return {
    resource: field("sr"),
    expiry: field("se"),
    signature: field("sig"),
    keyName: field("skn"),
  };
}

function isValidSignature(encoded: string, text: string, key: string): boolean {
  const expected = createHmac("sha256", key).update(text).digest();
  const actual = Buffer.from(decodeOrKeep(encoded), "base64");
  return actual.length === expected.length && timingSafeEqual(actual, expected);
}

function decodeOrKeep(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Returns `a/b`, in lower case, for `sb://host:port/A/b` and for `http://host/A/b`. */
export const resourcePath = (resource: string): string =>
  resource
    .replace(/^[a-z]+:\/\/[^/]*/i, "")
    .replace(/^\/+|\/+$/g, "")
    .toLowerCase();

/** Both are paths. A token for `a` covers `a/b`; a token for the empty path covers everything. */
export const isWithinResource = (inner: string, outer: string): boolean =>
  outer === "" || inner === outer || inner.startsWith(`${outer}/`);
