import { access } from "./access";
import { cost } from "./cost";
import { messaging } from "./messaging";
import { operations } from "./operations";
import { performance } from "./performance";
import { protection } from "./protection";
import { reliability } from "./reliability";
import type { Row } from "./row";

/** The checklist of a production deployment, in the order of its numbers. */
export const checklist: readonly Row[] = [
  ...reliability,
  ...messaging,
  ...access,
  ...protection,
  ...operations,
  ...cost,
  ...performance,
].sort((a, b) => a.number - b.number);
