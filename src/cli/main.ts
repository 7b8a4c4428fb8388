#!/usr/bin/env node
import { runCommandLine } from "azure-local-cloud";

runCommandLine({
  program: "aos",
  commands: {
    demo: async () => (await import("./demo")).runDemoCommand,
    dev: async () => (await import("./dev")).runDevCommand,
  },
});
