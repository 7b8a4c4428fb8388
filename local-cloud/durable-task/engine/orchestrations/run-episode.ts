import type { InvocationOutcome } from "../../../functions-host/core/extension";
import type { ActiveInstance } from "./active-instance";
import type { EpisodeContext } from "../../replay/decision";
import type { EngineContext } from "../engine-context";
import {
  completeEpisode,
  completeEpisodeWithoutRun,
} from "../../replay/complete-episode";
import { ExtendedSession } from "./extended-session";
import { unknownFunctionMessage } from "../../model/failure";
import { isInstanceEnded } from "../../model/instance";
import { defaultTimerLimits } from "../../replay/limits";
import {
  type EpisodeStart,
  serializeOrchestrationTrigger,
} from "../../replay/start-episode";
import type { EpisodeResult } from "../../replay/episode-result";
import { describeVersionMismatch } from "../version-match";
import { Replayer } from "../../replay/replayer";

export const createEpisodeContext = ({
  functions,
  settings,
  newId,
}: EngineContext): EpisodeContext => ({
  newId,
  functions,
  defaultVersion: settings.defaultVersion,
  maxActions: settings.maxOrchestrationActions,
  maxPayloadBytes: settings.maxPayloadBytes,
  limits: {
    ...defaultTimerLimits,
    httpSleepMs: settings.httpSettings.defaultAsyncRequestSleepTimeMilliseconds,
  },
});

/** Runs the orchestrator function, if the episode needs it, and gives the turn that follows. */
export async function runEpisode(
  engine: EngineContext,
  world: EpisodeContext,
  opening: EpisodeStart,
  active: ActiveInstance,
): Promise<EpisodeResult> {
  if (opening.next !== "run")
    return completeEpisodeWithoutRun(opening, active.history);
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
  world: EpisodeContext,
  opening: EpisodeStart,
  { history, session }: ActiveInstance,
): EpisodeResult | undefined {
  const result = session?.advance(history.events, opening.newEvents);
  if (session === undefined || result === undefined) return undefined;
  const outcome = { ok: true, returnValue: undefined, result } as const;
  try {
    const { replayer } = session;
    const turn = completeEpisode(opening, history, outcome, world, replayer);
    return isInstanceEnded(turn.instance) || turn.continuesAsNew
      ? undefined
      : turn;
  } catch {
    return undefined; // the replay will meet the same, and its error is told
  }
}

/** The turn that follows when the function is run over the whole history. */
async function replayed(
  engine: EngineContext,
  world: EpisodeContext,
  opening: EpisodeStart,
  active: ActiveInstance,
): Promise<EpisodeResult> {
  const { history } = active;
  const { name, version } = opening.instance;
  const outcome =
    unfit(engine, name, version) ??
    (await invoked(engine, world, opening, active));
  const walker = new Replayer(history, world.limits);
  active.session =
    outcome.ok && engine.settings.extendedSessionsEnabled
      ? ExtendedSession.create(
          outcome.resumable,
          history.events.length + opening.newEvents.length,
          walker,
        )
      : undefined;
  try {
    return completeEpisode(opening, history, outcome, world, walker);
  } catch (error) {
    // What the function gave back is no state of an orchestrator.
    const message = error instanceof Error ? error.message : String(error);
    return completeEpisode(opening, history, failed(message), world);
  }
}

const failed = (message: string): InvocationOutcome => ({
  ok: false,
  message,
  stack: "",
});

/** The failure of an instance that this app has no code for. */
function unfit(
  { functions, settings }: EngineContext,
  name: string,
  version: string,
): InvocationOutcome | undefined {
  const known = functions.orchestrator;
  if (!known.some((one) => one.toLowerCase() === name.toLowerCase()))
    return failed(unknownFunctionMessage("orchestrator", name, known));
  const problem = describeVersionMismatch(version, settings);
  return problem === undefined ? undefined : failed(problem);
}

function invoked(
  { invoke }: EngineContext,
  { limits }: EpisodeContext,
  opening: EpisodeStart,
  { history, session }: ActiveInstance,
): Promise<InvocationOutcome> {
  const isPlayed = session !== undefined;
  const string = serializeOrchestrationTrigger(
    opening,
    history.serializedEvents,
    limits,
    isPlayed,
  );
  return invoke(opening.instance.name, { string }, { wantsObject: true });
}
