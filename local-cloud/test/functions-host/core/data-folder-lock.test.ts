import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { lockDataFolder } from "../../../functions-host/core/data-folder-lock";
import { createTemporaryFolder } from "../../support/cli/cloud-process";

const folder = createTemporaryFolder();

describe("the lock of the data folder", () => {
  test("is held until it is given back, and names who holds it", () => {
    const unlock = lockDataFolder(folder);
    expect(() => lockDataFolder(folder)).toThrow(
      `Another host (process ${process.pid}) works in the data folder ${folder}.`,
    );
    unlock();
    unlock();
    lockDataFolder(folder)();
  });

  test("is not held by a process that is gone", () => {
    const gone = spawnSync(process.execPath, ["--version"]).pid;
    writeFileSync(join(folder, "host.pid"), String(gone));
    lockDataFolder(folder)();
  });
});
