import { readFileSync } from "node:fs";

/** The entities of the app in test/fixtures/service-bus. */
export const entities: unknown = JSON.parse(
  readFileSync("test/fixtures/service-bus/service-bus.json", "utf8"),
);
