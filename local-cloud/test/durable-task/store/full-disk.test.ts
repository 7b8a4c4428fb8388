/** A disk without room (a real one, of two megabytes) and a file that refuses: what the hub does, and what it tells. */
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

/** By their paths: they are the system's, not a package's. */
const [mount, umount] = ["/bin/mount", "/bin/umount"] as const;
const disk = mkdtempSync(join(tmpdir(), "full-disk-"));
const size = ["-t", "tmpfs", "-o", "size=2m", "tmpfs", disk];
const isMounted = spawnSync(mount, size).status === 0;
afterAll(() => {
  if (isMounted) spawnSync(umount, ["-l", disk]);
  rmSync(disk, { recursive: true });
});

// To mount a small disk takes the rights of root; elsewhere there is no disk to fill.
const whereMounted = isMounted ? describe : describe.skip;

whereMounted("a full disk", () => {
  const ballast = join(disk, "ballast");
  const fill = (): void => {
    try {
      writeFileSync(ballast, Buffer.alloc(4 * 2 ** 20));
    } catch {
      // as much as there is room for
    }
  };
  const input = JSON.stringify("x".repeat(20_000));

  test("halts all work with a sentence that says what to do, and loses nothing", async () => {
    const path = join(disk, "hub.db");
    const store = openTaskHubStore(path);
    const said: string[] = [];
    const broken: TaskHubError[] = [];
    const committer = new Committer(store, {
      onDelayed: (sentence, cause) => {
        said.push(`${sentence} ${String((cause as { code?: string }).code)}`);
      },
      onBroken: (error) => broken.push(error),
    });
    await committer.commit({
      instances: [createTestInstance("before", { input })],
    });
    fill();
    const told: string[] = [];
    const ids = Array.from({ length: 150 }, (_, n) => `i${n}`);
    const all = Promise.all(
      ids.map(async (id) => {
        await committer.commit({
          instances: [createTestInstance(id, { input })],
        });
        told.push(id);
      }),
    );
    await eventually(() => {
      expect(said.length).toBeGreaterThan(1);
      return Promise.resolve();
    });
    expect(said[0]).toMatch(/no room on the disk.*Make room.*ENOSPC/);
    expect({ told, broken }).toEqual({ told: [], broken: [] });
    rmSync(ballast);
    // Half of the room is the log's.
    spawnSync(mount, ["-o", "remount,size=64m", disk]);
    await all;
    await committer.stop();
    store.close();
    const again = openTaskHubStore(path);
    expect(again.instances({})).toHaveLength(151);
    again.close();
  });

  test("is recognised when it is the database that finds no room", async () => {
    const path = join(disk, "large.db");
    spawnSync(mount, ["-o", "remount,size=64m", disk]);
    const store = openTaskHubStore(path);
    const large = JSON.stringify("x".repeat(9_000_000)); // larger than the log, so the database has to take it
    fill();
    writeFileSync(ballast, Buffer.alloc(2 ** 20));
    spawnSync(mount, ["-o", "remount,size=7m", disk]);
    const refused = store.commit([
      { instances: [createTestInstance("large", { input: large })] },
    ]);
    await expect(refused).rejects.toMatchObject({ code: "SQLITE_FULL" });
    rmSync(ballast);
    spawnSync(mount, ["-o", "remount,size=64m", disk]);
    expect(store.instance("large")).toBeUndefined();
    await store.commit([
      { instances: [createTestInstance("large", { input: large })] },
    ]);
    store.close();
    const again = openTaskHubStore(path);
    expect(again.instance("large")?.input).toHaveLength(large.length);
    again.close();
  });
});

test("a file that refuses a commit for another reason is said once, and nothing is tried again", async () => {
  let attempts = 0;
  const store = {
    commit: () => {
      attempts += 1;
      return Promise.reject(
        Object.assign(new Error("EIO: i/o error"), { code: "EIO" }),
      );
    },
  } as unknown as TaskHubStore;
  const delayed = jest.fn();
  const error = await new Promise<TaskHubError>((broken) => {
    void new Committer(store, { onDelayed: delayed, onBroken: broken }).commit(
      {},
    );
  });
  expect(error).toMatchObject({ code: "task_hub_unwritable" });
  expect(error.message).toMatch(/EIO: i\/o error.*start the host again/);
  expect({ attempts, delayed: delayed.mock.calls }).toEqual({
    attempts: 1,
    delayed: [],
  });
});

test("what is asked for after the stop is not written: the file may be another's by now", async () => {
  const commit = jest.fn(() => Promise.resolve());
  const committer = new Committer({ commit } as unknown as TaskHubStore, {
    onDelayed: () => undefined,
    onBroken: () => undefined,
  });
  await committer.commit({});
  await committer.stop();
  void committer.commit({});
  // It writes in the next turn of the event loop, if it writes.
  for (let turn = 0; turn < 5; turn += 1) await nextTurn();
  expect(commit).toHaveBeenCalledTimes(1);
});
