import { AosError } from "../../src/domain/errors";
import type { Tool } from "../../src/tools/tool";
import type { ActivityDependencies } from "../activity-dependencies";

/** Throws `tool_not_found`, for example after a deployment without the tool. */
export function findTool(
  { tools }: Pick<ActivityDependencies, "tools">,
  name: string,
): Tool {
  const tool = tools.get(name);
  if (tool !== undefined) return tool;
  throw new AosError(
    "tool_not_found",
    `The catalog has no tool "${name}". Available tools: ${[...tools.keys()].join(", ") || "none"}. Add the tool, or start a new orchestration without it.`,
  );
}
