import { errorMessage } from "../../../shared/error-message";
import type { InvocationOutcome } from "../../../functions-host/core/extension";
import { describeUnknownFunction } from "../../model/failure";
import { isInstanceEnded } from "../../model/instance";
import {
  completeEpisode,
  completeEpisodeWithoutRun,
} from "../../replay/complete-episode";
import type { EpisodeContext } from "../../replay/decision";
import type { EpisodeResult } from "../../replay/episode-result";
import { defaultTimerLimits } from "../../replay/limits";
import { serializeOrchestrationTrigger } from "../../replay/orchestration-trigger";
import { Replayer } from "../../replay/replayer";
import type { EpisodeStart } from "../../replay/start-episode";
import type { EngineContext } from "../engine-context";
import { describeVersionMismatch } from "../version-match";
import type { ActiveInstance } from "./active-instance";
import { ExtendedSession } from "./extended-session";
import { ReplayFlag } from "./replay-flag";

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

/** Runs the orchestrator function, if the episode requires it. */
export async function runEpisode(
  engine: EngineContext,
  context: EpisodeContext,
  start: EpisodeStart,
  active: ActiveInstance,
): Promise<EpisodeResult> {
  if (start.next !== "run")
    return completeEpisodeWithoutRun(start, active.history);
  return (
    continueSession(context, start, active) ??
    (await replayFunction(engine, context, start, active))
  );
}

/**
 * Continues the function in its extended session. Returns undefined if the instance has no session, or if a replay has to
 * determine the end (see X1 in extended-session.ts).
 */
function continueSession(
  context: EpisodeContext,
  start: EpisodeStart,
  active: ActiveInstance,
): EpisodeResult | undefined {
  const { history, session } = active;
  const state = session?.advance(history.events, start.newEvents);
  if (session === undefined || state === undefined) return undefined;
  const outcome = { ok: true, returnValue: undefined, result: state } as const;
  try {
    const result = completeEpisode(
      start,
      history,
      outcome,
      context,
      session.replayer,
    );
    if (session.hasReadReplayFlag) {
      active.session = undefined;
      return result;
    }
    return isInstanceEnded(result.instance) || result.continuesAsNew
      ? undefined
      : result;
  } catch {
    return undefined; // the replay throws the same error and reports it
  }
}

/** Runs the function over the whole history. */
async function replayFunction(
  engine: EngineContext,
  context: EpisodeContext,
  start: EpisodeStart,
  active: ActiveInstance,
): Promise<EpisodeResult> {
  const { history } = active;
  const problem = describeUnrunnable(engine, start);
  const replayFlag = new ReplayFlag();
  const outcome =
    problem === undefined
      ? await invokeFunction(engine, context, start, active, replayFlag)
      : toFailedOutcome(problem);
  const replayer = new Replayer(history, context.limits);
  active.session =
    outcome.ok && engine.settings.keepOrchestratorsInMemory
      ? ExtendedSession.create(
          outcome.resumable,
          history.events.length + start.newEvents.length,
          replayer,
          replayFlag,
        )
      : undefined;
  try {
    return completeEpisode(start, history, outcome, context, replayer);
  } catch (error) {
    // The return value is not a valid orchestrator state.
    const message = errorMessage(error);
    return completeEpisode(start, history, toFailedOutcome(message), context);
  }
}

const toFailedOutcome = (message: string): InvocationOutcome => ({
  ok: false,
  message,
  stack: "",
});

/** Error message when this app cannot run the instance. */
const describeUnrunnable = (
  { functions, settings }: EngineContext,
  { instance: { name, version } }: EpisodeStart,
): string | undefined =>
  describeUnknownFunction("orchestrator", name, functions.orchestrator) ??
  describeVersionMismatch(version, settings);

function invokeFunction(
  { invoke }: EngineContext,
  { limits }: EpisodeContext,
  start: EpisodeStart,
  { history, session }: ActiveInstance,
  replayFlag: ReplayFlag,
): Promise<InvocationOutcome> {
  const isPlayed = session !== undefined;
  const string = serializeOrchestrationTrigger(
    start,
    history.serializedEvents,
    limits,
    isPlayed,
  );
  return invoke(
    start.instance.name,
    { string },
    {
      wantsObject: true,
      prepareContext: (invocationContext) => {
        replayFlag.watch(invocationContext);
      },
    },
  );
}
