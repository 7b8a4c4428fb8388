/** The tests of orchestrations once more, with the package that is deployed. */
import { appUnderTest } from "../../support/cli/aos-process";
import "../orchestrations.e2e.test";

// Read when the cloud is started, which is after all files are loaded.
appUnderTest.is = "deployed";
