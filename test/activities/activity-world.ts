import { randomUUID } from "node:crypto";
import { z } from "zod";
import type { Services } from "../../activities/services";
import type { Model } from "../../src/agents/model";
import { offlineModel } from "../../src/agents/offline-model";
import { defineTool, type Tool } from "../../src/agents/tool";
import { AosError } from "../../src/errors";
import type { Storage } from "../../src/history/ports";
import type { Agent } from "../../src/model/agent";
import type { Scope, TurnRef } from "../../src/model/contracts";

/** Services with the offline model and a few tools, which count how often they were used. */
export function newWorld(storage: () => Storage) {
  const used: string[] = [];
  const offline = offlineModel();
  const model: Model = {
    ...offline,
    complete(request, signal) {
      used.push("model");
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
        used.push(name);
        return Promise.resolve({ text: execute(text) });
      },
    });
  const fail = (): never => {
    throw new AosError("tool_failed", "It broke.");
  };
  const tools = [
    tool("shout", false, (text) => text.toUpperCase()),
    tool("grow", true, (text) => text.repeat(20_000)),
    tool("break", true, fail),
    tool("breakOnce", false, fail),
  ];
  const services: Services = {
    storage,
    messaging: () => undefined,
    model: () => model,
    tools: new Map(tools.map((each) => [each.name, each])),
  };
  return { services, used };
}

export const agent: Agent = {
  name: "shouter",
  instructions: "Shout.",
  tools: ["shout", "grow"],
  offline: {
    rounds: [
      [
        { tool: "shout", arguments: { text: "${prompt}" } },
        { tool: "shout", arguments: { wrong: 1 } },
        { tool: "break", arguments: { text: "" } },
      ],
    ],
  },
};

export const newTurn = (turn: Partial<TurnRef> = {}): TurnRef => {
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

export const scopeWith = (
  orchestrationId: string,
  input: Scope["input"],
): Scope => ({ input, steps: {}, variables: {}, orchestrationId });

export const at = "2026-01-01T00:00:00.000Z";
