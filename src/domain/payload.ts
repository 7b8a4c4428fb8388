export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json };

/** Where a value above `inlineLimitBytes` is kept: a blob name, the size of its JSON text, and that text's digest. */
export interface PayloadRef {
  readonly $ref: string;
  readonly bytes: number;
  readonly sha256: string;
}

/**
 * A value on its way through orchestration history: itself when small, a reference when large.
 * The wrapper keeps the two apart, so that a caller's own `{ "$ref": … }` is never taken for a reference.
 */
export type Payload = { readonly value: Json } | PayloadRef;

/** UTF-8 bytes of JSON text up to which a value travels in orchestration history and table rows. */
export const payloadInlineLimitBytes = 32 * 1024;

export const isPayloadRef = (payload: Payload): payload is PayloadRef =>
  "$ref" in payload;
