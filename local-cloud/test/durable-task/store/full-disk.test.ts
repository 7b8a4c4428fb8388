/** Failed writes: on a full file system of two megabytes, and on a file with another error. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { Committer } from "../../../durable-task/store/committer";
import { openTaskHubStore } from "../../../durable-task/store/sqlite-store";
import type {
  TaskHubStore,
  TaskHubError,
} from "../../../durable-task/store/task-hub-store";
import { eventually } from "../../support/shared/eventually";
import { createTestInstance } from "../../contracts/task-hub-store.contract";

/** Absolute paths, so that no package can replace the programs. */
const [mount, umount] = ["/bin/mount", "/bin/umount"] as const;
const disk = mkdtempSync(join(tmpdir(), "full-disk-"));
const mountOptions = ["-t", "tmpfs", "-o", "size=2m", "tmpfs", disk];
const isMounted = spawnSync(mount, mountOptions).status === 0;
afterAll(() => {
  if (isMounted) spawnSync(umount, ["-l", disk]);
  rmSync(disk, { recursive: true });
});

// Only root can mount a file system.
const describeIfMounted = isMounted ? describe : describe.skip;

describeIfMounted("a full disk", () => {
  const ballast = join(disk, "ballast");
  const fillDisk = (): void => {
    try {
      writeFileSync(ballast, Buffer.alloc(4 * 2 ** 20));
    } catch {
      // The part that fits remains.
    }
  };
  const input = JSON.stringify("x".repeat(20_000));

  test("pauses commits with a message that names the remedy, and loses no commit", async () => {
    const path = join(disk, "hub.db");
    const store = openTaskHubStore(path);
    const messages: string[] = [];
    const fatalErrors: TaskHubError[] = [];
    const committer = new Committer(store, {
      onDelayed: (message, cause) => {
        messages.push(
          `${message} ${String((cause as { code?: string }).code)}`,
        );
      },
      onBroken: (error) => fatalErrors.push(error),
    });
    await committer.commit({
      instances: [createTestInstance("before", { input })],
    });
    fillDisk();
    const acknowledged: string[] = [];
    const ids = Array.from({ length: 150 }, (_, n) => `i${n}`);
    const commits = Promise.all(
      ids.map(async (id) => {
        await committer.commit({
          instances: [createTestInstance(id, { input })],
        });
        acknowledged.push(id);
      }),
    );
    await eventually(() => {
      expect(messages.length).toBeGreaterThan(1);
      return Promise.resolve();
    });
    expect(messages[0]).toMatch(/disk .* is full.*Free disk space.*ENOSPC/);
    expect({ acknowledged, fatalErrors }).toEqual({
      acknowledged: [],
      fatalErrors: [],
    });
    rmSync(ballast);
    // The commit log takes half of the two megabytes, so removing the ballast is not enough.
    spawnSync(mount, ["-o", "remount,size=64m", disk]);
    await commits;
    await committer.stop();
    store.close();
    const reopened = openTaskHubStore(path);
    expect(reopened.instances({})).toHaveLength(151);
    reopened.close();
  });

  test("is reported as SQLITE_FULL when the database cannot grow", async () => {
    const path = join(disk, "large.db");
    spawnSync(mount, ["-o", "remount,size=64m", disk]);
    const store = openTaskHubStore(path);
    const large = JSON.stringify("x".repeat(9_000_000)); // larger than the commit log, so it is written to the database
    fillDisk();
    writeFileSync(ballast, Buffer.alloc(2 ** 20));
    spawnSync(mount, ["-o", "remount,size=7m", disk]);
    const rejected = store.commit([
      { instances: [createTestInstance("large", { input: large })] },
    ]);
    await expect(rejected).rejects.toMatchObject({ code: "SQLITE_FULL" });
    rmSync(ballast);
    spawnSync(mount, ["-o", "remount,size=64m", disk]);
    expect(store.instance("large")).toBeUndefined();
    await store.commit([
      { instances: [createTestInstance("large", { input: large })] },
    ]);
    store.close();
    const reopened = openTaskHubStore(path);
    expect(reopened.instance("large")?.input).toHaveLength(large.length);
    reopened.close();
  });
});

test("reports a permanent write error (EIO) once and does not retry", async () => {
  let attempts = 0;
  const store = {
    commit: () => {
      attempts += 1;
      return Promise.reject(
        Object.assign(new Error("EIO: i/o error"), { code: "EIO" }),
      );
    },
  } as unknown as TaskHubStore;
  const onDelayed = jest.fn();
  const error = await new Promise<TaskHubError>((resolve) => {
    void new Committer(store, { onDelayed, onBroken: resolve }).commit({});
  });
  expect(error).toMatchObject({ code: "task_hub_unwritable" });
  expect(error.message).toMatch(/EIO: i\/o error.*start the host again/);
  expect({ attempts, delayed: onDelayed.mock.calls }).toEqual({
    attempts: 1,
    delayed: [],
  });
});

test("writes no commit that is requested after the stop: another process may use the file by then", async () => {
  const commit = jest.fn(() => Promise.resolve());
  const committer = new Committer({ commit } as unknown as TaskHubStore, {
    onDelayed: () => undefined,
    onBroken: () => undefined,
  });
  await committer.commit({});
  await committer.stop();
  void committer.commit({});
  // A commit would be written in the next turn of the event loop.
  for (let turn = 0; turn < 5; turn += 1) await nextTurn();
  expect(commit).toHaveBeenCalledTimes(1);
});
