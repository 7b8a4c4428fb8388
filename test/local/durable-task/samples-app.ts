import { resolve } from "node:path";

/** The folder of the app that suites run. A suite that runs it with other settings gives them a copy. */
export const samplesApp = (): string =>
  resolve("test/fixtures/durable-samples");
