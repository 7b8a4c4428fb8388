import { join, resolve } from "node:path";

/** The folder of AOS: where package.json, host.json and the samples are. */
export const projectFolder = resolve(__dirname, "..", "..", "..");
export const defaultDataFolder = join(projectFolder, ".aos");
