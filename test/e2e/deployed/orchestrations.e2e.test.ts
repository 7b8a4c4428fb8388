/** The tests of orchestrations once more, with the package that is deployed. */
import { testedApp } from "../../support/local-cloud";
import "../orchestrations.e2e.test";

// Read when the cloud is started, which is after all files are loaded.
testedApp.is = "deployed";
