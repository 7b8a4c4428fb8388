import type { Change } from "../checklist/row";
import type { Repository } from "../repository";

/** A rule whose violation compiles, but fails at deployment or in operation. */
interface Rule {
  readonly problems: (repository: Repository) => readonly string[];
  /** Changes that each violate it. */
  readonly violations: readonly [Change, ...Change[]];
}
export type Rules = Readonly<Record<string, Rule>>;
