/** The apps of other authors once more, on a hub that runs an orchestrator from its start in every episode. */
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { createTemporaryFolder } from "../../support/cli/cloud-process";

const app = join(createTemporaryFolder(), "app");
const fixture = resolve("local-cloud/test/fixtures/durable-samples");
mkdirSync(app);
// Linked, so that they find the project's packages.
for (const part of ["package.json", "src"])
  symlinkSync(join(fixture, part), join(app, part));
writeFileSync(
  join(app, "host.json"),
  JSON.stringify({
    version: "2.0",
    extensions: {
      durableTask: { hubName: "Samples", extendedSessionsEnabled: false },
    },
  }),
);

jest.mock("../../support/durable-task/samples-app", () => ({
  samplesApp: () => app,
}));
describe("samples", () => {
  jest.requireActual("./samples.e2e.test");
});
describe("conformance", () => {
  jest.requireActual("./conformance.e2e.test");
});
