/** The tests of requests as messages once more, with the package that is deployed. */
import { testedApp } from "../../support/local-cloud";
import "../pipelines/requests.e2e.test";

// Read when the cloud is started, which is after all files are loaded.
testedApp.is = "deployed";
