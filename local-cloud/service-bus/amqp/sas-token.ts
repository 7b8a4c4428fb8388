import { createHmac, timingSafeEqual } from "node:crypto";

/** Who may connect: one key, by its name. */
export interface AccessKey {
  readonly name: string;
  readonly key: string;
}

/**
 * What is wrong with a shared access signature; undefined when it was made with the key, has not expired, and is for
 * the resource. https://learn.microsoft.com/azure/service-bus-messaging/service-bus-sas#generate-a-shared-access-signature-token
 */
export function validateSasToken(
  token: string,
  audience: string,
  { name, key }: AccessKey,
  now: number,
): string | undefined {
  const fields = fieldsOf(token);
  if (fields === undefined) return "it is no shared access signature";
  const { resource, expiry, signature, keyName } = fields;
  if (keyName !== name) return `there is no key named '${keyName}'`;
  if (!isSignature(signature, `${resource}\n${expiry}`, key))
    return "its signature was made with another key";
  if (Number(expiry) * 1000 <= now) return "it has expired";
  const isCovered = isWithinResource(
    resourcePath(audience),
    resourcePath(decoded(resource)),
  );
  return isCovered ? undefined : "it is for another resource";
}

/** Undefined when the token is of another kind. What is missing is empty. */
function fieldsOf(token: string) {
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

function isSignature(encoded: string, text: string, key: string): boolean {
  const expected = createHmac("sha256", key).update(text).digest();
  const given = Buffer.from(decoded(encoded), "base64");
  return given.length === expected.length && timingSafeEqual(given, expected);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Of `sb://host:port/a/b` and of `http://host/a/b`: `a/b`, in lower case. */
export const resourcePath = (resource: string): string =>
  resource
    .replace(/^[a-z]+:\/\/[^/]*/i, "")
    .replace(/^\/+|\/+$/g, "")
    .toLowerCase();

/** Both are paths. A token for `a` is good for `a/b`, one for nothing for all. */
export const isWithinResource = (inner: string, outer: string): boolean =>
  outer === "" || inner === outer || inner.startsWith(`${outer}/`);
