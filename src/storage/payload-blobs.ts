import type { ContainerClient } from "@azure/storage-blob";
import { AosError } from "../domain/errors";
import {
  isPayloadRef,
  type Json,
  type Payload,
  payloadInlineLimitBytes,
  type PayloadRef,
} from "../domain/payload";
import type { LazyClient } from "./clients";
import type { PayloadStore } from "./ports";
import { hasStatusCode, wrapStorageErrors } from "./storage-error";
import { sha256Hex } from "../domain/sha256";
import { toTableKey } from "./table/table-key";

/** Blobs `<owner>/<sha256>.json`. */
export const createPayloadStore = (
  container: LazyClient<ContainerClient>,
): PayloadStore => ({
  async put(owner, value) {
    const text = JSON.stringify(value);
    const bytes = Buffer.byteLength(text);
    if (bytes <= payloadInlineLimitBytes) return { value };
    const sha256 = sha256Hex(text);
    const name = `${toTableKey(owner)}/${sha256}.json`;
    await wrapStorageErrors(`payload ${name}`, async () => {
      const blob = (await container()).getBlockBlobClient(name);
      await blob.upload(text, bytes, {
        blobHTTPHeaders: { blobContentType: "application/json" },
      });
    });
    return { $ref: name, bytes, sha256 };
  },

  get: (payload: Payload): Promise<Json> =>
    isPayloadRef(payload)
      ? download(payload, container)
      : Promise.resolve(payload.value),

  check: () =>
    wrapStorageErrors("the payload container", async () => {
      await (await container()).getProperties();
    }),
});

async function download(
  ref: PayloadRef,
  container: LazyClient<ContainerClient>,
): Promise<Json> {
  const text = await wrapStorageErrors(`payload ${ref.$ref}`, async () => {
    const blob = (await container()).getBlobClient(ref.$ref);
    try {
      return (await blob.downloadToBuffer()).toString("utf8");
    } catch (error) {
      if (isBlobNotFound(error))
        throw payloadUnreadable(
          ref,
          "does not exist: it may have been deleted",
        );
      throw error;
    }
  });
  if (sha256Hex(text) !== ref.sha256)
    throw payloadUnreadable(ref, "was changed: its digest differs");
  return JSON.parse(text) as Json;
}

const isBlobNotFound = (error: unknown): boolean =>
  hasStatusCode(error, 404) &&
  (error as { code?: unknown }).code !== "ContainerNotFound";

const payloadUnreadable = (ref: PayloadRef, problem: string): AosError =>
  new AosError(
    "internal_error",
    `The payload ${ref.$ref} ${problem}. Restore it from a backup, or start the orchestration again.`,
  );
