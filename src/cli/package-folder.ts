import { resolve } from "node:path";

/** The folder of this package: contains service-bus.json and, in the repository, the sample app. */
export const packageFolder = resolve(__dirname, "..", "..", "..");
