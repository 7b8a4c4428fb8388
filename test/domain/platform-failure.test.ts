import { isPlatformFailure } from "../../src/domain/platform-failure";

test.each([
  "Orchestrator function 'agentWorkflow' failed: Did not find any initialized language workers",
  "The invocation request with id '8c0f' was canceled before the request was sent to the worker.",
  "Activity function 'slow' failed: node exited with code 1 (0x1)",
  "node exited with code -1073740791 (0xC0000409)",
  "Timeout value of 00:05:00 was exceeded by function: Functions.callModel",
  "Timeout value of 300 s was exceeded by function: callModel",
  "Attempted to construct ResponseMessage event from incompatible History event. This is probably a bug in History-replay.",
  "Function 'callModel' not found",
  "Function callModel was not found.",
])("attributes to the host: %s", (message) => {
  expect(isPlatformFailure(message)).toBe(true);
});

test.each([
  "no paper",
  "The model timed out.",
  "The file was not found.",
  "Non-Deterministic workflow detected: A previous execution of this orchestration scheduled an activity task.",
  "git exited with code 128",
])("does not attribute to the host: %s", (message) => {
  expect(isPlatformFailure(message)).toBe(false);
});
