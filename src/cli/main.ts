#!/usr/bin/env node
import { runCommandLine } from "azure-local-cloud";
import { runDemoCommand } from "./demo";
import { runDevCommand } from "./dev";

runCommandLine({ demo: runDemoCommand, dev: runDevCommand });
