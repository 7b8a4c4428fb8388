import { join, resolve } from "node:path";

/** Contains package.json, host.json and the samples. */
export const projectFolder = resolve(__dirname, "..", "..", "..");
export const defaultDataFolder = join(projectFolder, ".aos");
