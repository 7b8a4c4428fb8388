import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Creates a folder that is removed after the tests of the file. */
export function createTemporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "azure-local-cloud-test-"));
  afterAll(() => {
    removeFolder(folder);
  });
  return folder;
}

/** Retries: a process that has just been stopped may still hold files open. */
export const removeFolder = (folder: string): void => {
  rmSync(folder, {
    recursive: true,
    force: true,
    maxRetries: 20,
    retryDelay: 100,
  });
};
