import { resolve } from "node:path";

/** A function, so that a suite can mock it to run the app with other settings. */
export const samplesAppFolder = (): string =>
  resolve("local-cloud/test/fixtures/durable-samples");
