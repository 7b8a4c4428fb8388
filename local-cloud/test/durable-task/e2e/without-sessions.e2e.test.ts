/** Repeats the tests of the sample app on a hub without extended sessions, which replays the history in every episode. */
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createTemporaryFolder } from "../../support/cli/cloud-process";

const app = join(createTemporaryFolder(), "app");
const { samplesAppFolder } = jest.requireActual<{
  samplesAppFolder: () => string;
}>("../../support/durable-task/samples-app");
const fixture = samplesAppFolder();
mkdirSync(app);
// Symbolic links, so that `require` finds the packages of this repository.
for (const part of ["package.json", "src"])
  symlinkSync(join(fixture, part), join(app, part));
writeFileSync(
  join(app, "host.json"),
  JSON.stringify({
    version: "2.0",
    extensions: {
      durableTask: { hubName: "Samples", keepOrchestratorsInMemory: false },
    },
  }),
);

jest.mock("../../support/durable-task/samples-app", () => ({
  samplesAppFolder: () => app,
}));
describe("samples", () => {
  jest.requireActual("./samples.e2e.test");
});
describe("conformance", () => {
  jest.requireActual("./conformance.e2e.test");
});
