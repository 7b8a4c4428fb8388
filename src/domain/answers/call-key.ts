import type { ActivityContract, KeyPart } from "../contract";
import type { OrchestrationEvent } from "../history/orchestration-history";
import { sha256Hex } from "../sha256";

/** Different parts have different keys: separators within a part are escaped. */
export const toCallKey = (...parts: readonly KeyPart[]): string =>
  parts
    .map((part) => String(part).replaceAll("%", "%25").replaceAll("/", "%2F"))
    .join("/");

export const activityCallKey = <Input>(
  contract: ActivityContract<Input, unknown>,
  input: Input,
): string => toCallKey(contract.name, ...contract.keyParts(input));

/** Identifies a list of history events by their keys, which cannot contain a line break. */
export const eventsDigest = (events: readonly OrchestrationEvent[]): string =>
  sha256Hex(events.map(({ key }) => key).join("\n")).slice(0, 32);
