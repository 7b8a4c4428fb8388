import {
  waitUntilListening,
  spawnCommand,
  startHostCommand,
  createTemporaryFolder,
} from "../../support/cli/cloud-process";
import { createScratchApps } from "../../support/functions-host/scratch-app";

const createApp = createScratchApps();
const data = createTemporaryFolder();

test("one of several hosts that start concurrently after a killed one acquires its data folder", async () => {
  const folder = createApp();
  const killed = await startHostCommand({ app: folder, data });
  await killed.kill();
  const args = ["host", "--app", folder, "--port", "0", "--data", data];
  const started = Array.from({ length: 4 }, () => spawnCommand(args));
  const results = await Promise.allSettled(started.map(waitUntilListening));
  const winners = results.flatMap((result) =>
    result.status === "fulfilled" ? [result.value] : [],
  );
  expect(winners).toHaveLength(1);
  const losers = started.filter(
    ({ output }) => !output().includes("Listening"),
  );
  for (const { output } of losers)
    expect(output()).toMatch(
      /^Another host.* uses the data folder \S+\. .*\n$/,
    );
  expect(await winners[0]?.stop()).toBe(0);
});
