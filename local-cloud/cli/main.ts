#!/usr/bin/env node
import { runCommandLine } from "./run-command-line";

runCommandLine({
  program: "azure-local-cloud",
  commands: {
    broker: async () => (await import("./broker-command.js")).runBrokerCommand,
    host: async () => (await import("./host-command.js")).runHostCommand,
  },
  defaultCommand: "host",
});
