import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startStorage } from "../../../storage/azurite";

export interface Azurite {
  readonly connectionString: string;
  /** Ends it and removes its data. */
  stop(): Promise<void>;
}

/** Azurite with a data folder of its own, for the tests of one file. */
export async function startAzurite(): Promise<Azurite> {
  const dataFolder = mkdtempSync(join(tmpdir(), "aos-storage-"));
  const storage = await startStorage({ dataFolder });
  return {
    connectionString: storage.connectionString,
    stop: async () => {
      await storage.stop();
      rmSync(dataFolder, { recursive: true, force: true });
    },
  };
}
