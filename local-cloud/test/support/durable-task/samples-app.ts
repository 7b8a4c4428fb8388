import { resolve } from "node:path";

/** The folder of the app that suites run. A suite that runs it with other settings gives them a copy. */
export const samplesAppFolder = (): string =>
  resolve("local-cloud/test/fixtures/durable-samples");
