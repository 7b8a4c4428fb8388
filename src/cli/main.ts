#!/usr/bin/env node
import { runCommandLine } from "azure-local-cloud/cli";

runCommandLine({
  program: "aos",
  commands: {
    demo: async () => (await import("./demo.js")).runDemoCommand,
    dev: async () => (await import("./dev.js")).runDevCommand,
  },
});
