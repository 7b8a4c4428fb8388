// LangGraph JS in this process: an entrypoint with tasks, stored by the SQLite checkpointer.
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { entrypoint, task } from "@langchain/langgraph";
import { SqliteSaver } from "@langchain/langgraph-checkpoint-sqlite";
import { createInProcessClient } from "../engine.mjs";
import { onStop } from "../processes.mjs";
import { version } from "../versions.mjs";

export const unsupported = {
  entityUpdates: "LangGraph has no objects that serialize updates.",
};

/** @type {import("../engine.mjs").Start} */
export async function start(folder) {
  const checkpointer = SqliteSaver.fromConnString(join(folder, "graph.sqlite"));
  onStop(() => checkpointer.db.close());
  // The checkpointer enables the write-ahead log. By default, better-sqlite3 then commits without waiting for the disk.
  checkpointer.db.pragma("synchronous = FULL");
  return {
    description: `${version("@langchain/langgraph")}, SQLite checkpointer ${version("@langchain/langgraph-checkpoint-sqlite")}, in process`,
    client: createInProcessClient(workflows(checkpointer)),
  };
}

const nothing = task("nothing", async () => null);

function workflows(checkpointer) {
  const chain = entrypoint({ name: "chain", checkpointer }, async (steps) => {
    for (let step = 0; step < steps; step += 1) await nothing();
    return steps;
  });
  const fanOut = entrypoint({ name: "fanOut", checkpointer }, async (width) => {
    const steps = Array.from({ length: width }, () => nothing());
    return (await Promise.all(steps)).length;
  });
  const toWorkflow = (graph) => (input) =>
    graph.invoke(input, {
      configurable: { thread_id: randomUUID() },
      durability: "sync",
    });
  return { chain: toWorkflow(chain), fanOut: toWorkflow(fanOut) };
}
