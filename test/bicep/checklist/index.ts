import { access } from "./access";
import { cost } from "./cost";
import { messaging } from "./messaging";
import { operations } from "./operations";
import { performance } from "./performance";
import { protection } from "./protection";
import { reliability } from "./reliability";
import type { Row } from "./row";
import { secrets } from "./secrets";
import { timeAndRetries } from "./time-and-retries";

/** The checklist of a production deployment, in the order of its numbers. */
export const checklist: readonly Row[] = [
  ...reliability,
  ...timeAndRetries,
  ...messaging,
  ...access,
  ...secrets,
  ...protection,
  ...operations,
  ...cost,
  ...performance,
].sort((a, b) => a.number - b.number);
