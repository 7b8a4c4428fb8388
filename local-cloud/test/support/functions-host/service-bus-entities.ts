import { readFileSync } from "node:fs";

/** The entities of the app in local-cloud/test/fixtures/service-bus. */
export const serviceBusAppEntities: unknown = JSON.parse(
  readFileSync(
    "local-cloud/test/fixtures/service-bus/service-bus.json",
    "utf8",
  ),
);
