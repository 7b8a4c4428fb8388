import type { ContainerClient } from "@azure/storage-blob";
import { AosError } from "../domain/errors";
import {
  payloadInlineLimitBytes,
  isPayloadRef,
  type Json,
  type Payload,
  type PayloadRef,
} from "../domain/payload";
import type { LazyClient } from "./clients";
import type { PayloadStore } from "./ports";
import { hasStatusCode, wrapStorageErrors } from "./storage-error";
import { sha256Hex, toTableKey } from "./table/table-key";

/** Payloads as blobs `<owner>/<sha256>.json`: named by their content, so that writing twice changes nothing. */
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
    wrapStorageErrors("the container of payloads", async () => {
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
      if (isBlobMissing(error))
        throw unreadable(ref, "is gone; it may have been deleted by hand");
      throw error;
    }
  });
  if (sha256Hex(text) !== ref.sha256)
    throw unreadable(ref, "is not what was written; it may have been changed");
  return JSON.parse(text) as Json;
}

const isBlobMissing = (error: unknown): boolean =>
  hasStatusCode(error, 404) &&
  (error as { code?: unknown }).code !== "ContainerNotFound";

const unreadable = (ref: PayloadRef, problem: string): AosError =>
  new AosError(
    "internal_error",
    `The payload ${ref.$ref} ${problem}. Restore it from a backup, or start the orchestration again.`,
  );
