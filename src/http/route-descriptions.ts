/** One line per HTTP function for docs/reference/api.md, which is generated from it. */
export const routeDescriptions: Readonly<Record<string, string>> = {
  startOrchestration: "Start an orchestration",
  getOrchestration: "Status of an orchestration",
  getResult: "Output of an orchestration",
  getHistory: "Events of an orchestration",
  listOrchestrations: "List orchestrations, newest first",
  listDeadLetters: "List dead letters",
  replayDeadLetter: "Send a dead letter again",
  healthLive: "Liveness",
  healthReady: "Readiness of each dependency",
};
