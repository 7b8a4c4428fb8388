import {
  waitUntilListening,
  spawnCommand,
  startHostCommand,
  createTemporaryFolder,
} from "../../support/cli/cloud-process";
import { createScratchApps } from "../../support/functions-host/scratch-app";

const app = createScratchApps();
const data = createTemporaryFolder();

test("of several hosts that follow a killed one at the same moment, one gets its data folder", async () => {
  const folder = app();
  const killed = await startHostCommand({ app: folder, data });
  await killed.kill();
  const args = ["host", "--app", folder, "--port", "0", "--data", data];
  const started = Array.from({ length: 4 }, () => spawnCommand(args));
  const ends = await Promise.allSettled(started.map(waitUntilListening));
  const won = ends.flatMap((end) =>
    end.status === "fulfilled" ? [end.value] : [],
  );
  expect(won).toHaveLength(1);
  const lost = started.filter(({ output }) => !output().includes("Listening"));
  for (const { output } of lost)
    expect(output()).toMatch(
      /^Another host.* works in the data folder \S+\. .*\n$/,
    );
  expect(await won[0]?.stop()).toBe(0);
});
