import type { HttpAction, HttpCall } from "./actions";
import type { ReplayCursor, OnSettled } from "./replay-cursor";
import type { TaskOutcome } from "./timeline";

interface HttpResponse {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
}

/**
 * Makes a durable HTTP call and polls the location of a 202 response. The client library assigns the ids of the timer and
 * of the next call when it processes that response, so both are reserved here. The call is made when the timer has fired.
 */
export function startHttpCall(
  { timeline, limits }: ReplayCursor,
  { httpRequest }: HttpAction,
  settle: OnSettled,
): void {
  const onResponse = ({ failure, result }: TaskOutcome): void => {
    const response = JSON.parse(result ?? "null") as HttpResponse | null;
    const location = response
      ? findPollLocation(httpRequest, response)
      : undefined;
    if (!response || location === undefined) {
      settle(failure !== undefined);
      return;
    }
    const seconds = Number(findHeader(response, "retry-after"));
    const delayMs = seconds > 0 ? seconds * 1000 : limits.httpSleepMs;
    const timerId = timeline.reserveId();
    const callId = timeline.reserveId();
    timeline.addFollowUpRequest(
      {
        kind: "timer",
        fireAt: timeline.now + delayMs,
        keepsExecutionOpen: false,
        isCancelled: false,
      },
      () => {
        const call = toPollRequest(httpRequest, location);
        timeline.addFollowUpRequest({ kind: "http", call }, onResponse, callId);
      },
      timerId,
    );
  };
  timeline.addRequest({ kind: "http", call: httpRequest }, onResponse);
}

function findPollLocation(
  { asynchronousPatternEnabled }: HttpCall,
  response: HttpResponse,
): string | undefined {
  return asynchronousPatternEnabled !== false && response.statusCode === 202
    ? findHeader(response, "location")
    : undefined;
}

function findHeader(
  { headers }: HttpResponse,
  wanted: string,
): string | undefined {
  const found = Object.entries(headers).find(
    ([name]) => name.toLowerCase() === wanted,
  )?.[1];
  return typeof found === "string" ? found : found?.[0];
}

/** Without the function key of the first call, which must not reach the polled server. */
function toPollRequest(
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
