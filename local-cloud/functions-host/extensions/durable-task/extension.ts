import { join } from "node:path";
import type {
  Extension,
  ExtensionHost,
  WebhookRequest,
  WebhookResponse,
} from "../../core/extension";
import {
  durableApiAddress,
  durableClientBinding,
} from "../../../durable-task/http-api/management-urls";
import { type Clock, systemClock } from "../../../shared/time/clock";
import type { KnownFunctions } from "../../../durable-task/replay/decision";
import { createDurableHttpApi } from "../../../durable-task/http-api/routes";
import { TaskHub } from "../../../durable-task/engine/task-hub";
import { startRpcListener } from "./rpc-listener";
import {
  parseDurableTaskSettings,
  validateDurableTaskSettings,
} from "../../../durable-task/engine/settings";
import { openTaskHubStore } from "../../../durable-task/store/sqlite-store";

/** How long running functions may take to end when the host stops. */
const graceMs = 3000;

interface Running {
  readonly hub: TaskHub;
  readonly binding: string;
  answer(request: WebhookRequest): Promise<WebhookResponse>;
  stop(): Promise<void>;
}

export interface DurableTaskExtension extends Extension {
  /** The hub that runs; undefined before the start and after the stop. */
  readonly hub: TaskHub | undefined;
}

/** The Durable Task extension's part of the local cloud: a task hub in `task-hub.db` of the data folder. */
export function createDurableTaskExtension(
  clock: Clock = systemClock,
): DurableTaskExtension {
  let running: Running | undefined;
  return {
    get hub() {
      return running?.hub;
    },
    name: "durableTask",
    triggers: ["orchestrationTrigger", "activityTrigger", "entityTrigger"],
    validate: ({ settings }) => validateDurableTaskSettings(settings),
    start: async (host) => {
      running = await start(host, clock);
    },
    inputBinding: ({ type }) =>
      type === "durableClient" && running
        ? { string: running.binding }
        : undefined,
    webhook: async (request) =>
      running ? running.answer(request) : { status: 503 },
    stop: async () => {
      await running?.stop();
      running = undefined;
    },
  };
}

async function start(host: ExtensionHost, clock: Clock): Promise<Running> {
  const settings = parseDurableTaskSettings(host.settings);
  const store = openTaskHubStore(join(host.dataFolder, "task-hub.db"));
  const problem = (sentence: string, error?: unknown): void => {
    const reason = error instanceof Error ? ` ${error.message}` : "";
    host.log("error", `${sentence}${reason}`);
  };
  const names = new Map(
    host.functions.map(({ name }) => [name.toLowerCase(), name]),
  );
  const hub = new TaskHub({
    store,
    settings,
    clock,
    functions: functionsByKind(host),
    reportProblem: problem,
    onFatalError: (error) => {
      problem(error.message);
      // What is in memory counts for nothing any more. The process ends, and the next goes on from what is on disk.
      setImmediate(() => {
        throw error;
      });
    },
    invoke: (functionName, trigger, { metadata, wantsObject } = {}) =>
      host.invoke({
        // Callers may write a function's name in any case.
        functionName: names.get(functionName.toLowerCase()) ?? functionName,
        trigger,
        ...(metadata && { triggerMetadata: metadata }),
        ...(wantsObject && { wantsObject }),
      }),
  });
  const at = durableApiAddress(host, settings);
  const answer = createDurableHttpApi({ hub, addresses: at });
  const rpc = await startRpcListener(answer, settings.maxPayloadBytes, problem);
  hub.recover();
  return {
    hub,
    answer,
    binding: durableClientBinding(at, rpc.url),
    stop: async () => {
      await rpc.stop();
      await hub.stop(graceMs);
    },
  };
}

function functionsByKind({ functions }: ExtensionHost): KnownFunctions {
  const named = (trigger: string): readonly string[] =>
    functions
      .filter(({ bindings }) =>
        Object.values(bindings).some(({ type }) => type === trigger),
      )
      .map(({ name }) => name);
  return {
    orchestrator: named("orchestrationTrigger"),
    activity: named("activityTrigger"),
    entity: named("entityTrigger"),
  };
}
