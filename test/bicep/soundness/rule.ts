import type { Change } from "../checklist/row";
import type { World } from "../world";

/** Something that a compiler lets through and a deployment, or an operator, stumbles over. */
interface Rule {
  readonly problems: (world: World) => readonly string[];
  /** Changes that each bring it about. */
  readonly breaking: readonly [Change, ...Change[]];
}
export type Rules = Readonly<Record<string, Rule>>;
