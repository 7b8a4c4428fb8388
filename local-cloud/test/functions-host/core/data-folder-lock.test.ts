import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { lockDataFolder } from "../../../functions-host/core/data-folder-lock";
import { createTemporaryFolder } from "../../support/cli/cloud-process";

const folder = createTemporaryFolder();

describe("the lock of the data folder", () => {
  test("is held until it is released, and its error names the process of the holder", () => {
    const unlock = lockDataFolder(folder);
    expect(() => lockDataFolder(folder)).toThrow(
      `Another host (process ${process.pid}) uses the data folder ${folder}.`,
    );
    unlock();
    unlock();
    lockDataFolder(folder)();
  });

  test("is not held by a process that has ended", () => {
    const endedPid = spawnSync(process.execPath, ["--version"]).pid;
    writeFileSync(join(folder, "host.pid"), String(endedPid));
    lockDataFolder(folder)();
  });
});
