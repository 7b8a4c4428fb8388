import { readFileSync } from "node:fs";
import { join } from "node:path";

const { dependencies } = JSON.parse(
  readFileSync(join(import.meta.dirname, "package.json"), "utf8"),
);

/** The pinned version of a peer's package. */
export const version = (name) => dependencies[name];
