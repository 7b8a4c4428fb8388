/** A problem for the author of a test. The message names the necessary change. */
export class TestKitError extends Error {
  override readonly name = "TestKitError";
  readonly code:
    | "app_not_started" // the host ended before it listened
    | "cloud_ended" // the process of the local cloud has ended
    | "clock_is_real" // `advance` was called with the system clock
    | "request_refused" // the host responded with an error
    | "duration_invalid" // the text or number is not a duration
    | "function_ambiguous" // two stubs have the same name
    | "orchestration_waits" // the orchestration waits and no event or timer is left
    | "orchestration_endless" // the orchestration has not ended within its time limit
    | "history_invalid" // the value is not the history of an orchestration
    | "replay_differs"; // the orchestrator schedules other tasks than the history contains

  constructor(
    code: TestKitError["code"],
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.code = code;
  }
}
