#!/usr/bin/env node
import { runCommandLine } from "./run-command-line";

runCommandLine({
  program: "azure-local-cloud",
  commands: {
    broker: async () => (await import("./broker-command")).runBrokerCommand,
    host: async () => (await import("./host-command")).runHostCommand,
  },
  defaultCommand: "host",
});
