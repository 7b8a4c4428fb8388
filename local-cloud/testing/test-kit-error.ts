/** What went wrong in a test, in a sentence for whoever wrote it. */
export class TestKitError extends Error {
  override readonly name = "TestKitError";
  readonly code:
    | "app_not_started" // the host ended before it listened
    | "cloud_ended" // the host is gone: it was stopped, or it ended by itself
    | "clock_is_real" // time was to be advanced, but the cloud runs on the time of the machine
    | "request_refused" // the host answered a request with an error
    | "duration_invalid" // no span of time of this form
    | "function_ambiguous" // two functions of one run have the same name
    | "orchestration_waits" // nothing is left that could wake the orchestration
    | "orchestration_endless" // it has not ended in the time that it was given
    | "history_invalid" // no history of an orchestration
    | "replay_differs"; // the code does not do what the history says it did

  constructor(
    code: TestKitError["code"],
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.code = code;
  }
}
