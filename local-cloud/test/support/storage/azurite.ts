import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startStorage } from "../../../storage/azurite";

export interface Azurite {
  readonly connectionString: string;
  /** Stops Azurite and removes its data. */
  stop(): Promise<void>;
}

/** Starts Azurite with a temporary data folder. */
export async function startAzurite(): Promise<Azurite> {
  const dataFolder = mkdtempSync(join(tmpdir(), "azure-local-cloud-storage-"));
  const storage = await startStorage({ dataFolder });
  return {
    connectionString: storage.connectionString,
    stop: async () => {
      await storage.stop();
      rmSync(dataFolder, { recursive: true, force: true });
    },
  };
}
