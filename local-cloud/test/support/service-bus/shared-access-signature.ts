import { createHmac } from "node:crypto";

/** Signs a token for the resource with the key of the connection string. `expiresAt` is in seconds since the epoch. */
export function createSharedAccessSignature(
  connectionString: string,
  resource: string,
  expiresAt: number,
): string {
  const sr = encodeURIComponent(resource);
  const key = /SharedAccessKey=([^;]+)/.exec(connectionString)?.[1];
  const sig = createHmac("sha256", key ?? "")
    .update(`${sr}\n${expiresAt}`)
    .digest("base64");
  return `SharedAccessSignature sr=${sr}&sig=${encodeURIComponent(sig)}&se=${expiresAt}&skn=RootManageSharedAccessKey`;
}
