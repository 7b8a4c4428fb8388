/**
 * Error messages with which the Functions host ends a function that it could not run, or whose worker process died.
 * Observed on host 4.1037 with Durable Task extension 3.19.0, unless a comment names another source.
 */
const patterns: readonly RegExp[] = [
  /did not find any initialized language workers/i,
  /invocation request .*was canceled before the request was sent to the worker/i,
  // The worker process ended while it ran the function: `node exited with code 1 (0x1)`.
  /\bexited with code -?\d+ \(0x[0-9a-f]+\)/i,
  // FunctionTimeoutException of Azure WebJobs SDK.
  /timeout value of \S+(?: s)? (?:was )?exceeded by function/i,
  // durable-functions received the result of another call for an entity call.
  /incompatible History event/i,
  // A deployment replaces the app: the new or the old version does not have the function.
  /function '?[^\s']+'? (?:was )?not found/i,
];

/** Returns whether the Functions host, not the function, caused the failure: the same call may succeed later. */
export const isPlatformFailure = (message: string): boolean =>
  patterns.some((pattern) => pattern.test(message));
