import { DefaultAzureCredential } from "@azure/identity";
import type { StorageConfig } from "../config/read-config";

/** How storage is opened: by connection string, or with the identity that the app runs under. */
export const storageOptions = (config: StorageConfig) =>
  "connectionString" in config
    ? config
    : { ...config, credential: new DefaultAzureCredential() };
