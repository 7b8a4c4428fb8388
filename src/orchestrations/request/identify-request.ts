import { createHash } from "node:crypto";
import type { Json } from "../../domain/payload";
import { invalidRequest } from "./request-error";

/** The orchestration id that a request asks for, and the digest that tells a repeated request from another one. */
export interface RequestIdentity {
  readonly id: string;
  readonly fingerprint: string;
}

/** `newId` is used when the caller chose neither an id nor a key: such a request is never a duplicate. */
export function identifyRequest(
  request: {
    readonly id: string | undefined;
    readonly idempotencyKey: string | undefined;
    readonly body: Json;
  },
  newId: () => string,
): RequestIdentity {
  const { id, idempotencyKey, body } = request;
  if (id !== undefined && idempotencyKey !== undefined && id !== idempotencyKey)
    throw invalidRequest([
      {
        pointer: "/id",
        detail:
          "differs from the Idempotency-Key header; send one of them, or the same value in both",
      },
    ]);
  return { id: id ?? idOf(idempotencyKey, newId), fingerprint: digest(body) };
}

/** Keys may hold any character, ids may not. */
const idOf = (key: string | undefined, newId: () => string): string =>
  key === undefined ? newId() : `key-${sha256(key).slice(0, 32)}`;

const digest = (body: Json): string => sha256(canonicalJson(body));

const sha256 = (text: string): string =>
  createHash("sha256").update(text).digest("hex");

/** JSON with sorted keys: the same text for equal values, however the caller's library ordered the fields. */
export function canonicalJson(value: Json): string {
  if (Array.isArray(value))
    return `[${(value as readonly Json[]).map(canonicalJson).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const fields = Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, field]) => `${JSON.stringify(key)}:${canonicalJson(field)}`);
  return `{${fields.join(",")}}`;
}
