import type { HttpAction, HttpCall } from "./actions";
import type { ReplayCursor, OnSettled } from "./replay-cursor";
import type { TaskOutcome } from "./timeline";

interface HttpAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
}

/**
 * A durable HTTP call. An answer 202 with a location is polled: the client library takes the ids of the next timer and
 * the next call as soon as it sees such an answer, so both are taken here at once; the call is made when the timer fires.
 */
export function startHttpCall(
  { timeline, limits }: ReplayCursor,
  { httpRequest }: HttpAction,
  settle: OnSettled,
): void {
  const onAnswer = ({ failure, result }: TaskOutcome): void => {
    const answer = JSON.parse(result ?? "null") as HttpAnswer | null;
    const location = answer ? pollLocation(httpRequest, answer) : undefined;
    if (!answer || location === undefined) {
      settle(failure !== undefined);
      return;
    }
    const seconds = Number(header(answer, "retry-after"));
    const delay = seconds > 0 ? seconds * 1000 : limits.httpSleepMs;
    const timer = timeline.reserveId();
    const next = timeline.reserveId();
    timeline.addFollowUpRequest(
      {
        kind: "timer",
        fireAt: timeline.now + delay,
        holdsOpen: false,
        isCancelled: false,
      },
      () => {
        const call = pollOf(httpRequest, location);
        timeline.addFollowUpRequest({ kind: "http", call }, onAnswer, next);
      },
      timer,
    );
  };
  timeline.addRequest({ kind: "http", call: httpRequest }, onAnswer);
}

function pollLocation(
  { asynchronousPatternEnabled }: HttpCall,
  answer: HttpAnswer,
): string | undefined {
  return asynchronousPatternEnabled !== false && answer.statusCode === 202
    ? header(answer, "location")
    : undefined;
}

function header({ headers }: HttpAnswer, wanted: string): string | undefined {
  const found = Object.entries(headers).find(
    ([name]) => name.toLowerCase() === wanted,
  )?.[1];
  return typeof found === "string" ? found : found?.[0];
}

/** The function key of the first call is not for whoever is polled. */
function pollOf(
  { uri, headers = {}, tokenSource, asynchronousPatternEnabled }: HttpCall,
  location: string,
): HttpCall {
  const kept = Object.entries(headers).filter(
    ([name]) => name.toLowerCase() !== "x-functions-key",
  );
  return {
    method: "GET",
    uri: new URL(location, uri).href,
    headers: Object.fromEntries(kept),
    tokenSource,
    ...(asynchronousPatternEnabled !== undefined && {
      asynchronousPatternEnabled,
    }),
  };
}
