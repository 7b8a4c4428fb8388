/** A hub opens with all acknowledged commits, or reports the damage. Files that a crash left incomplete are not damaged. */
import {
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "libsql";
import { EventType } from "../../../durable-task/model/history-event";
import { taskHubSchemaVersion } from "../../../durable-task/store/sqlite-schema";
import { openTaskHubStore } from "../../../durable-task/store/sqlite-store";
import type { TaskHubStore } from "../../../durable-task/store/task-hub-store";
import {
  copyHubFiles,
  hubFileExtensions,
} from "../../support/durable-task/crash-files";
import { createTestInstance } from "../../contracts/task-hub-store.contract";

const folder = mkdtempSync(join(tmpdir(), "damaged-files-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const ids = Array.from({ length: 60 }, (_, n) => `instance-${10 + n}`);
const event = {
  EventType: EventType.EventRaised,
  Name: "e",
  Input: JSON.stringify("y".repeat(300)),
  Timestamp: "2026-01-01T00:00:00.000Z",
} as const;

async function writeInstance(store: TaskHubStore, id: string): Promise<void> {
  await store.commit([
    {
      instances: [createTestInstance(id)],
      histories: [
        { instanceId: id, from: 0, events: [{ event, input: null }] },
      ],
    },
  ]);
}

/** All instances with their histories. */
const readAll = (store: TaskHubStore) =>
  store
    .instances({})
    .map((instance) => [instance, store.history(instance.instanceId)]);

/** The files of a stopped hub: a database. */
const stopped = join(folder, "stopped");
/** The files of a crashed hub: a database that contains about half of the commits, its log, and the commit log. */
const crashed = join(folder, "crashed");
let committed: unknown;
beforeAll(async () => {
  const store = openTaskHubStore(`${stopped}.db`);
  for (const [index, id] of ids.entries()) {
    await writeInstance(store, id);
    if (index === 30) store.inbox(); // applies the pending commits to the database
  }
  copyHubFiles(stopped, crashed);
  committed = readAll(store);
  store.close();
});

let copies = 0;
/** Damages a copy of the hub's files and opens it. Returns its content, or the error. */
function openDamaged(hub: string, damage: (path: string) => void): unknown {
  const path = join(folder, `copy-${(copies += 1)}`);
  copyHubFiles(hub, path);
  damage(path);
  try {
    const store = openTaskHubStore(`${path}.db`);
    const found = readAll(store);
    store.close();
    return found;
  } catch (error) {
    return error;
  } finally {
    for (const extension of [...hubFileExtensions, "db-shm"])
      rmSync(`${path}.${extension}`, { force: true });
  }
}

function flipBits(path: string, position: number): void {
  const bytes = readFileSync(path);
  bytes[position] = (bytes[position] ?? 0) ^ 0x15;
  writeFileSync(path, bytes);
}

const damagedError = expect.objectContaining({
  name: "TaskHubError",
  code: "task_hub_damaged",
  message: expect.stringMatching(/copy-\d+.* damaged.* move /s) as string,
}) as unknown;

test("opens both hubs with all commits when their files are undamaged", () => {
  expect(openDamaged(stopped, () => undefined)).toEqual(committed);
  expect(openDamaged(crashed, () => undefined)).toEqual(committed);
});

test.each([1, 50, 99, 100, 512, 4095, 4096, 5000, 8192, 20_000])(
  "reports a database that is cut to %i bytes as damaged",
  (size) => {
    expect(statSync(`${stopped}.db`).size).toBeGreaterThan(size);
    expect(
      openDamaged(stopped, (path) => {
        truncateSync(`${path}.db`, size);
      }),
    ).toEqual(damagedError);
  },
);

test("reports a database without its last page as damaged", () => {
  expect(
    openDamaged(stopped, (path) => {
      truncateSync(`${path}.db`, statSync(`${path}.db`).size - 4096);
    }),
  ).toEqual(damagedError);
});

test("reports a changed byte of the database header, or opens with all commits", () => {
  const errors: unknown[] = [];
  for (let position = 0; position < 100; position += 1) {
    const found = openDamaged(stopped, (path) => {
      flipBits(`${path}.db`, position);
    });
    if (found instanceof Error) errors.push(found);
    else expect({ position, found }).toEqual({ position, found: committed });
  }
  expect(errors.length).toBeGreaterThan(30);
  for (const error of errors)
    expect(error).toMatchObject({
      name: "TaskHubError",
      code: expect.stringMatching(
        /^task_hub_(damaged|incompatible)$/,
      ) as string,
    });
});

test("reports a page with a changed structure as damaged", () => {
  const pages = statSync(`${stopped}.db`).size / 4096;
  const results = Array.from({ length: pages }, (_, page) =>
    // The type of the page and its number of cells. The first page begins with the 100 bytes of the file header.
    [0, 4].map((offset) =>
      openDamaged(stopped, (path) => {
        flipBits(`${path}.db`, page * 4096 + (page === 0 ? 100 : 0) + offset);
      }),
    ),
  ).flat();
  expect(results.length).toBeGreaterThan(10);
  for (const result of results) expect(result).toEqual(damagedError);
});

test("reports an unparsable value as damaged, with the name of its instance", () => {
  const found = openDamaged(stopped, (path) => {
    const database = new Database(`${path}.db`);
    database.exec(
      "update history set text = substr(text, 5) where instance_id = 'instance-20'",
    );
    database.close();
  });
  expect(found).toMatchObject({ code: "task_hub_damaged" });
  expect(String(found)).toMatch(/instance 'instance-20' is damaged: 'text'/);
});

test("opens with all commits when SQLite's log is cut or changed: the commit log contains them", () => {
  const size = statSync(`${crashed}.db-wal`).size;
  expect(size).toBeGreaterThan(10_000);
  for (let cut = 0; cut < size; cut += 777) {
    const cutAt = (path: string) => {
      truncateSync(`${path}.db-wal`, cut);
    };
    expect({ cut, found: openDamaged(crashed, cutAt) }).toEqual({
      cut,
      found: committed,
    });
    const flipAt = (path: string) => {
      flipBits(`${path}.db-wal`, cut);
    };
    expect({ cut, found: openDamaged(crashed, flipAt) }).toEqual({
      cut,
      found: committed,
    });
  }
});

test("loses only the last record when the commit log is cut within it", () => {
  const log = readFileSync(`${crashed}.log`);
  const end = log.length - [...log].reverse().findIndex((byte) => byte !== 0);
  const all = committed as readonly unknown[];
  for (const cut of [1, 10, 100, 300]) {
    const found = openDamaged(crashed, (path) => {
      truncateSync(`${path}.log`, end - cut);
    });
    expect({ cut, found }).toEqual({ cut, found: all.slice(0, -1) });
  }
});

test("reports a changed byte of the commit log as damaged, or loses the last record when the byte is part of it", () => {
  const log = readFileSync(`${crashed}.log`);
  const end = log.length - [...log].reverse().findIndex((byte) => byte !== 0);
  const all = committed as readonly unknown[];
  const lastStart = log.lastIndexOf("HUB1");
  for (let position = 0; position < end; position += 613) {
    const found = openDamaged(crashed, (path) => {
      flipBits(`${path}.log`, position);
    });
    expect({ position, found }).toEqual({
      position,
      found: position < lastStart ? damagedError : all.slice(0, -1),
    });
  }
});

test("reports a commit log without its database as damaged", () => {
  expect(
    openDamaged(crashed, (path) => {
      rmSync(`${path}.db`);
      rmSync(`${path}.db-wal`);
    }),
  ).toEqual(damagedError);
});

test("opens an empty file as a new hub: a crash during creation leaves one", () => {
  expect(
    openDamaged(stopped, (path) => {
      truncateSync(`${path}.db`, 0);
    }),
  ).toEqual([]);
});

test("reports a file whose schema version was reset to 0 as damaged, and any other version as incompatible", () => {
  const incompatibleError = expect.objectContaining({
    code: "task_hub_incompatible",
  }) as unknown;
  for (const version of [0, 1, taskHubSchemaVersion - 1]) {
    const found = openDamaged(stopped, (path) => {
      const database = new Database(`${path}.db`);
      database.pragma(`user_version = ${version}`);
      database.close();
    });
    expect({ version, found }).toEqual({
      version,
      found: version === 0 ? damagedError : incompatibleError,
    });
  }
});
