/** Runs the orchestration tests with the deployment package. */
import { appUnderTest } from "../../support/cli/aos-process";
import "../orchestrations.e2e.test";

// `startAos` reads it in `beforeAll`, after all files are loaded.
appUnderTest.kind = "deployed";
