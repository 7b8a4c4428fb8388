import { openStorage } from "../../../src/storage/open-storage";
import type { Storage } from "../../../src/storage/ports";
import {
  type Azurite,
  startAzurite,
} from "../../../local-cloud/test/support/storage/azurite";

/** Starts Azurite before the tests of the calling file and stops it after them. */
export function useAzuriteStorage(): () => Storage {
  let azurite: Azurite;
  let storage: Storage;
  beforeAll(async () => {
    azurite = await startAzurite();
    storage = openStorage({ connectionString: azurite.connectionString });
  });
  afterAll(() => azurite.stop());
  return () => storage;
}
