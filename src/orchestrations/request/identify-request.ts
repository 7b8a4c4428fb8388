import { toCanonicalJson } from "../../domain/json";
import type { Json } from "../../domain/payload";
import { sha256Hex } from "../../domain/sha256";
import { invalidRequest } from "./request-error";

export interface RequestIdentity {
  /** The orchestration id. */
  readonly id: string;
  /** Digest of the body. Distinguishes a repeated request from another one with the same id. */
  readonly fingerprint: string;
}

/** `newId` is called for a request with neither an id nor a key: such a request is never a duplicate. */
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
  return {
    id: id ?? deriveId(idempotencyKey, newId),
    fingerprint: sha256Hex(toCanonicalJson(body)),
  };
}

/** A key may contain characters that an id may not. */
const deriveId = (key: string | undefined, newId: () => string): string =>
  key === undefined ? newId() : `key-${sha256Hex(key).slice(0, 32)}`;
