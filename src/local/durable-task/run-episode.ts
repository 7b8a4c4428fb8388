import type { InvocationOutcome } from "../functions-host/extension";
import type { World } from "./decide";
import type { Engine } from "./engine";
import { closeEpisode, restEpisode } from "./episode";
import { unknownFunction } from "./failure";
import type { History } from "./history";
import { timerLimits } from "./limits";
import { type Opening, triggerText } from "./open-episode";
import type { Turn } from "./turn";
import { versionProblem } from "./version-match";

export const worldOf = ({ functions, settings, newId }: Engine): World => ({
  newId,
  functions,
  defaultVersion: settings.defaultVersion,
  maxActions: settings.maxOrchestrationActions,
  maxPayloadBytes: settings.maxPayloadBytes,
  limits: {
    ...timerLimits,
    httpSleepMs: settings.httpSettings.defaultAsyncRequestSleepTimeMilliseconds,
  },
});

/** Runs the orchestrator function, if the episode needs it, and gives the turn that follows. */
export async function runEpisode(
  engine: Engine,
  world: World,
  opening: Opening,
  history: History,
): Promise<Turn> {
  if (opening.next !== "run") return restEpisode(opening, history);
  const outcome = await outcomeOf(engine, world, opening, history);
  try {
    return closeEpisode(opening, history, outcome, world);
  } catch (error) {
    // What the function gave back is no state of an orchestrator.
    const message = error instanceof Error ? error.message : String(error);
    return closeEpisode(opening, history, failed(message), world);
  }
}

const failed = (message: string): InvocationOutcome => ({
  ok: false,
  message,
  stack: "",
});

async function outcomeOf(
  engine: Engine,
  { limits }: World,
  opening: Opening,
  { texts }: History,
): Promise<InvocationOutcome> {
  const { name, version } = opening.instance;
  const known = engine.functions.orchestrator;
  if (!known.some((one) => one.toLowerCase() === name.toLowerCase()))
    return failed(unknownFunction("orchestrator", name, known));
  const unfit = versionProblem(version, engine.settings);
  if (unfit !== undefined) return failed(unfit);
  const string = triggerText(opening, texts, limits);
  return engine.invoke(name, { string }, { wantsObject: true });
}
