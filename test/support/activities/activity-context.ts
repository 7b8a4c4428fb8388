import { randomUUID } from "node:crypto";
import { z } from "zod";
import type { ActivityDependencies } from "../../../activities/activity-dependencies";
import type { LanguageModel } from "../../../src/models/language-model";
import {
  offlineModel,
  type OfflineScript,
} from "../../../src/models/offline/offline-model";
import { defineTool, type Tool } from "../../../src/tools/tool";
import { AosError } from "../../../src/domain/errors";
import type { Storage } from "../../../src/storage/ports";
import type { Agent } from "../../../src/domain/agent";
import type { ExpressionScope, TurnRef } from "../../../src/domain/contracts";

/** Creates activity dependencies with the offline model and four tools. `calls` records `model` or the tool name of each call. */
export function createActivityContext(storage: () => Storage) {
  const calls: string[] = [];
  const offline = offlineModel({ [testAgent.name]: script });
  const model: LanguageModel = {
    ...offline,
    complete(request, signal) {
      calls.push("model");
      return offline.complete(request, signal);
    },
  };
  const tool = (
    name: string,
    idempotent: boolean,
    execute: (text: string) => string,
  ): Tool =>
    defineTool({
      name,
      description: name,
      input: z.strictObject({ text: z.string() }),
      idempotent,
      execute: ({ text }) => {
        calls.push(name);
        return Promise.resolve({ text: execute(text) });
      },
    });
  const fail = (): never => {
    throw new AosError("tool_failed", "The tool failed.");
  };
  const tools = [
    tool("shout", false, (text) => text.toUpperCase()),
    tool("grow", true, (text) => text.repeat(20_000)),
    tool("fail", true, fail),
    tool("failOnce", false, fail),
  ];
  const dependencies: ActivityDependencies = {
    storage,
    messaging: () => undefined,
    model: () => model,
    modelTimeoutMs: 60_000,
    tools: new Map(tools.map((each) => [each.name, each])),
  };
  return { dependencies, calls };
}

/** Makes a valid tool call and two invalid ones, then answers with their results. */
const script: OfflineScript = ({ prompt, results: [results] }) =>
  results !== undefined
    ? { answer: JSON.stringify(results) }
    : {
        toolCalls: [
          { tool: "shout", arguments: { text: prompt } },
          { tool: "shout", arguments: { wrong: 1 } },
          { tool: "fail", arguments: { text: "" } },
        ],
      };

export const testAgent: Agent = {
  name: "shouter",
  instructions: "Shout.",
  tools: ["shout", "grow"],
};

export const createTurnRef = (turn: Partial<TurnRef> = {}): TurnRef => {
  const orchestrationId = randomUUID();
  return {
    orchestrationId,
    stepId: "s",
    sessionKey: `${orchestrationId}/s`,
    turn: 1,
    concurrentTurns: [],
    ...turn,
  };
};

export const createScope = (
  orchestrationId: string,
  input: ExpressionScope["input"],
): ExpressionScope => ({ input, steps: {}, variables: {}, orchestrationId });

export const activityTime = "2026-01-01T00:00:00.000Z";
