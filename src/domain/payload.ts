export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json };

/** A value of more than `payloadInlineLimitBytes` in Blob Storage: blob name, and size and digest of its JSON text. */
export interface PayloadRef {
  readonly $ref: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** A value, inline or by reference. The wrapper distinguishes a reference from a caller's own `{ "$ref": … }`. */
export type Payload = { readonly value: Json } | PayloadRef;

/** UTF-8 bytes of JSON text up to which histories and table rows contain a value inline. */
export const payloadInlineLimitBytes = 32 * 1024;

export const isPayloadRef = (payload: Payload): payload is PayloadRef =>
  "$ref" in payload;
