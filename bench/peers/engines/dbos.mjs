// DBOS in process, with a separate PostgreSQL server.
import { DBOS } from "@dbos-inc/dbos-sdk";
import { createInProcessClient } from "../engine.mjs";
import { onStop } from "../processes.mjs";
import { version } from "../versions.mjs";
import { startPostgres } from "./postgres.mjs";

export const unsupported = {
  entityUpdates: "DBOS has no objects that serialize updates.",
};

/** @type {import("../engine.mjs").Start} */
export async function start(folder) {
  const postgres = await startPostgres(folder);
  DBOS.setConfig({
    name: "bench",
    systemDatabaseUrl: postgres.url("bench"),
    logLevel: "error",
  });
  await DBOS.launch();
  onStop(() => DBOS.shutdown());
  return {
    description: `${version("@dbos-inc/dbos-sdk")}, ${postgres.version}, in process`,
    client: createInProcessClient({ chain, fanOut }),
  };
}

const nothing = () => DBOS.runStep(async () => null, { name: "nothing" });

const chain = DBOS.registerWorkflow(
  async (steps) => {
    for (let step = 0; step < steps; step += 1) await nothing();
    return steps;
  },
  { name: "chain" },
);

const fanOut = DBOS.registerWorkflow(
  async (width) => {
    const steps = Array.from({ length: width }, () => nothing());
    return (await Promise.all(steps)).length;
  },
  { name: "fanOut" },
);
