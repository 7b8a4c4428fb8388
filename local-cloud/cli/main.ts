#!/usr/bin/env node
import { runBrokerCommand } from "./broker-command";
import { runHostCommand } from "./host-command";
import { runCommandLine } from "./run-command-line";

runCommandLine({ broker: runBrokerCommand, host: runHostCommand }, "host");
