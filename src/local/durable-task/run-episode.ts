import type { InvocationOutcome } from "../functions-host/extension";
import type { ActiveInstance } from "./active";
import type { World } from "./decide";
import type { Engine } from "./engine";
import { closeEpisode, restEpisode } from "./episode";
import { ExtendedSession } from "./extended-session";
import { unknownFunction } from "./failure";
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
  active: ActiveInstance,
): Promise<Turn> {
  const { history } = active;
  if (opening.next !== "run") return restEpisode(opening, history);
  const outcome = await outcomeOf(engine, world, opening, active);
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
  world: World,
  opening: Opening,
  active: ActiveInstance,
): Promise<InvocationOutcome> {
  const { name, version } = opening.instance;
  const known = engine.functions.orchestrator;
  if (!known.some((one) => one.toLowerCase() === name.toLowerCase()))
    return failed(unknownFunction("orchestrator", name, known));
  const unfit = versionProblem(version, engine.settings);
  if (unfit !== undefined) return failed(unfit);
  const { history, session } = active;
  const result = session?.play(history.events, opening.arrived);
  return result === undefined
    ? replayed(engine, world, opening, active)
    : { ok: true, returnValue: undefined, result };
}

/** Runs the function over the whole history. */
async function replayed(
  { invoke, settings }: Engine,
  { limits }: World,
  opening: Opening,
  active: ActiveInstance,
): Promise<InvocationOutcome> {
  const { events, texts } = active.history;
  const isPlayed = active.session !== undefined;
  const string = triggerText(opening, texts, limits, isPlayed);
  const options = { wantsObject: true };
  const outcome = await invoke(opening.instance.name, { string }, options);
  const seen = events.length + opening.arrived.length;
  active.session =
    outcome.ok && settings.extendedSessionsEnabled
      ? ExtendedSession.of(outcome.kept, seen)
      : undefined;
  return outcome;
}
