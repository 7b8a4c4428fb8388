import type { ContainerClient } from "@azure/storage-blob";
import { AosError } from "../errors";
import {
  inlineLimitBytes,
  isRef,
  type Json,
  type Payload,
  type PayloadRef,
} from "../model/payload";
import type { Ready } from "./clients";
import type { PayloadStore } from "./ports";
import { isStatus, reaching } from "./storage-error";
import { digest, toKey } from "./table-key";

/** Payloads as blobs `<owner>/<sha256>.json`: named by their content, so that writing twice changes nothing. */
export const payloadBlobs = (
  container: Ready<ContainerClient>,
): PayloadStore => ({
  async put(owner, value) {
    const text = JSON.stringify(value);
    const bytes = Buffer.byteLength(text);
    if (bytes <= inlineLimitBytes) return { value };
    const sha256 = digest(text);
    const name = `${toKey(owner)}/${sha256}.json`;
    await reaching(`payload ${name}`, async () => {
      const blob = (await container()).getBlockBlobClient(name);
      await blob.upload(text, bytes, {
        blobHTTPHeaders: { blobContentType: "application/json" },
      });
    });
    return { $ref: name, bytes, sha256 };
  },

  get: (payload: Payload): Promise<Json> =>
    isRef(payload)
      ? download(payload, container)
      : Promise.resolve(payload.value),

  check: () =>
    reaching("the container of payloads", async () => {
      await (await container()).getProperties();
    }),
});

async function download(
  ref: PayloadRef,
  container: Ready<ContainerClient>,
): Promise<Json> {
  const text = await reaching(`payload ${ref.$ref}`, async () => {
    const blob = (await container()).getBlobClient(ref.$ref);
    try {
      return (await blob.downloadToBuffer()).toString("utf8");
    } catch (error) {
      if (isBlobMissing(error))
        throw unreadable(ref, "is gone; it may have been deleted by hand");
      throw error;
    }
  });
  if (digest(text) !== ref.sha256)
    throw unreadable(ref, "is not what was written; it may have been changed");
  return JSON.parse(text) as Json;
}

const isBlobMissing = (error: unknown): boolean =>
  isStatus(error, 404) &&
  (error as { code?: unknown }).code !== "ContainerNotFound";

const unreadable = (ref: PayloadRef, problem: string): AosError =>
  new AosError(
    "internal_error",
    `The payload ${ref.$ref} ${problem}. Restore it from a backup, or start the orchestration again.`,
  );
