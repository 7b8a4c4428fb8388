import { join } from "node:path";
import type {
  Extension,
  ExtensionHost,
  WebhookRequest,
  WebhookResponse,
} from "../functions-host/extension";
import { addresses, clientBinding } from "./client-binding";
import type { KnownFunctions } from "./decide";
import { httpApi } from "./http-api/routes";
import { TaskHub } from "./hub";
import { startRpcListener } from "./rpc-listener";
import { readSettings } from "./settings";
import { openSqliteStore } from "./sqlite-store";

/** How long running functions may take to end when the host stops. */
const graceMs = 3000;

interface Running {
  readonly binding: string;
  answer(request: WebhookRequest): Promise<WebhookResponse>;
  stop(): Promise<void>;
}

/** The Durable Task extension's part of the local cloud: a task hub in `task-hub.db` of the data folder. */
export function durableTask(): Extension {
  let running: Running | undefined;
  return {
    name: "durableTask",
    start: async (host) => {
      running = await start(host);
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

async function start(host: ExtensionHost): Promise<Running> {
  const settings = readSettings(host.settings);
  const store = openSqliteStore(join(host.dataFolder, "task-hub.db"));
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
    functions: functionsByKind(host),
    problem,
    invoke: (functionName, trigger, triggerMetadata) =>
      host.invoke({
        // Callers may write a function's name in any case.
        functionName: names.get(functionName.toLowerCase()) ?? functionName,
        trigger,
        ...(triggerMetadata && { triggerMetadata }),
      }),
  });
  const at = addresses(host, settings);
  const answer = httpApi({ hub, addresses: at });
  const rpc = await startRpcListener(answer, problem);
  hub.recover();
  return {
    answer,
    binding: clientBinding(at, rpc.url),
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
