import type { InvocationOutcome } from "../../functions-host/extension";
import type { ActiveInstance } from "./active";
import type { World } from "../episode/decide";
import type { Engine } from "../engine";
import { closeEpisode, restEpisode } from "../episode/episode";
import { ExtendedSession } from "./extended-session";
import { unknownFunction } from "../failure";
import { hasEnded } from "../instance";
import { timerLimits } from "../episode/limits";
import { type Opening, triggerText } from "../episode/open-episode";
import type { Turn } from "../episode/turn";
import { versionProblem } from "../version-match";
import { Walker } from "../episode/walk";

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
  if (opening.next !== "run") return restEpisode(opening, active.history);
  return (
    continued(world, opening, active) ??
    (await replayed(engine, world, opening, active))
  );
}

/**
 * The turn that follows when the function goes on from where it stands. Undefined when that is not known, and when the
 * execution would come to its end: see invariant X1 of extended sessions.
 */
function continued(
  world: World,
  opening: Opening,
  { history, session }: ActiveInstance,
): Turn | undefined {
  const result = session?.play(history.events, opening.arrived);
  if (session === undefined || result === undefined) return undefined;
  const outcome = { ok: true, returnValue: undefined, result } as const;
  try {
    const { walker } = session;
    const turn = closeEpisode(opening, history, outcome, world, walker);
    return hasEnded(turn.instance) || turn.startsAnew ? undefined : turn;
  } catch {
    return undefined; // the replay will meet the same, and its error is told
  }
}

/** The turn that follows when the function is run over the whole history. */
async function replayed(
  engine: Engine,
  world: World,
  opening: Opening,
  active: ActiveInstance,
): Promise<Turn> {
  const { history } = active;
  const { name, version } = opening.instance;
  const outcome =
    unfit(engine, name, version) ??
    (await invoked(engine, world, opening, active));
  const walker = new Walker(history, world.limits);
  active.session =
    outcome.ok && engine.settings.extendedSessionsEnabled
      ? ExtendedSession.of(
          outcome.kept,
          history.events.length + opening.arrived.length,
          walker,
        )
      : undefined;
  try {
    return closeEpisode(opening, history, outcome, world, walker);
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

/** The failure of an instance that this app has no code for. */
function unfit(
  { functions, settings }: Engine,
  name: string,
  version: string,
): InvocationOutcome | undefined {
  const known = functions.orchestrator;
  if (!known.some((one) => one.toLowerCase() === name.toLowerCase()))
    return failed(unknownFunction("orchestrator", name, known));
  const problem = versionProblem(version, settings);
  return problem === undefined ? undefined : failed(problem);
}

function invoked(
  { invoke }: Engine,
  { limits }: World,
  opening: Opening,
  { history, session }: ActiveInstance,
): Promise<InvocationOutcome> {
  const isPlayed = session !== undefined;
  const string = triggerText(opening, history.texts, limits, isPlayed);
  return invoke(opening.instance.name, { string }, { wantsObject: true });
}
