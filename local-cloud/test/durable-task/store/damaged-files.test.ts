/**
 * A hub opens with everything that it was told is kept, or it says what is damaged. What a crash leaves is no damage.
 */
import {
  copyFileSync,
  existsSync,
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

async function write(store: TaskHubStore, id: string): Promise<void> {
  await store.commit([
    {
      instances: [createTestInstance(id)],
      histories: [
        { instanceId: id, from: 0, events: [{ event, input: null }] },
      ],
    },
  ]);
}

/** All that was committed, as it can be read. */
const contents = (store: TaskHubStore) =>
  store
    .instances({})
    .map((instance) => [instance, store.history(instance.instanceId)]);

/** A hub that was stopped: one file. */
const stopped = join(folder, "stopped");
/** A hub whose process died: a database, its log, and the commit log. The database took over about half. */
const crashed = join(folder, "crashed");
const endings = ["db", "db-wal", "log"] as const;
let whole: unknown;
beforeAll(async () => {
  const store = openTaskHubStore(`${stopped}.db`);
  for (const [index, id] of ids.entries()) {
    await write(store, id);
    if (index === 30) store.inbox(); // before it is asked, the database takes over what is pending
  }
  copy(stopped, crashed);
  whole = contents(store);
  store.close();
});

function copy(from: string, to: string): void {
  for (const ending of endings)
    if (existsSync(`${from}.${ending}`))
      copyFileSync(`${from}.${ending}`, `${to}.${ending}`);
}

let copies = 0;
/** What becomes of a copy of the hub's files: what it has when it opens, or the sentence that it says. */
function opened(hub: string, damage: (copy: string) => void): unknown {
  const path = join(folder, `copy-${(copies += 1)}`);
  copy(hub, path);
  damage(path);
  try {
    const store = openTaskHubStore(`${path}.db`);
    const found = contents(store);
    store.close();
    return found;
  } catch (error) {
    return error;
  } finally {
    for (const ending of [...endings, "db-shm"])
      rmSync(`${path}.${ending}`, { force: true });
  }
}

function flip(path: string, position: number): void {
  const bytes = readFileSync(path);
  bytes[position] = (bytes[position] ?? 0) ^ 0x15;
  writeFileSync(path, bytes);
}

const saysDamaged = expect.objectContaining({
  name: "TaskHubError",
  code: "task_hub_damaged",
  message: expect.stringMatching(/copy-\d+.* damaged.* move /s) as string,
}) as unknown;

test("both hubs are whole before anything happens to them", () => {
  expect(opened(stopped, () => undefined)).toEqual(whole);
  expect(opened(crashed, () => undefined)).toEqual(whole);
});

test.each([1, 50, 99, 100, 512, 4095, 4096, 5000, 8192, 20_000])(
  "a database of which only %i bytes are left is said to be damaged",
  (size) => {
    expect(statSync(`${stopped}.db`).size).toBeGreaterThan(size);
    expect(
      opened(stopped, (path) => {
        truncateSync(`${path}.db`, size);
      }),
    ).toEqual(saysDamaged);
  },
);

test("a database of which the last page is missing is said to be damaged", () => {
  expect(
    opened(stopped, (path) => {
      truncateSync(`${path}.db`, statSync(`${path}.db`).size - 4096);
    }),
  ).toEqual(saysDamaged);
});

test("a byte of the header that changes is said, or changes nothing", () => {
  const said: unknown[] = [];
  for (let position = 0; position < 100; position += 1) {
    const found = opened(stopped, (path) => {
      flip(`${path}.db`, position);
    });
    if (found instanceof Error) said.push(found);
    else expect({ position, found }).toEqual({ position, found: whole });
  }
  expect(said.length).toBeGreaterThan(30);
  for (const error of said)
    expect(error).toMatchObject({
      name: "TaskHubError",
      code: expect.stringMatching(/^task_hub_(damaged|newer)$/) as string,
    });
});

test("a page whose structure has changed is said to be damaged", () => {
  const pages = statSync(`${stopped}.db`).size / 4096;
  const said = Array.from({ length: pages }, (_, page) =>
    // The type of the page, and how many cells it has; the first page begins with the header of the file.
    [0, 4].map((at) =>
      opened(stopped, (path) => {
        flip(`${path}.db`, page * 4096 + (page === 0 ? 100 : 0) + at);
      }),
    ),
  ).flat();
  expect(said.length).toBeGreaterThan(10);
  for (const one of said) expect(one).toEqual(saysDamaged);
});

test("a value that is no value any more is said to be damaged, naming the instance", () => {
  const found = opened(stopped, (path) => {
    const database = new Database(`${path}.db`);
    database.exec(
      "update history set text = substr(text, 5) where instance_id = 'instance-20'",
    );
    database.close();
  });
  expect(found).toMatchObject({ code: "task_hub_damaged" });
  expect(String(found)).toMatch(/instance 'instance-20' is damaged: 'text'/);
});

test("SQLite's log may be cut or changed anywhere: the commit log has it all", () => {
  const size = statSync(`${crashed}.db-wal`).size;
  expect(size).toBeGreaterThan(10_000);
  for (let cut = 0; cut < size; cut += 777) {
    const cutAt = (path: string) => {
      truncateSync(`${path}.db-wal`, cut);
    };
    expect({ cut, found: opened(crashed, cutAt) }).toEqual({
      cut,
      found: whole,
    });
    const flipAt = (path: string) => {
      flip(`${path}.db-wal`, cut);
    };
    expect({ cut, found: opened(crashed, flipAt) }).toEqual({
      cut,
      found: whole,
    });
  }
});

test("a commit log that ends within its last record lacks that one only", () => {
  const log = readFileSync(`${crashed}.log`);
  const end = log.length - [...log].reverse().findIndex((byte) => byte !== 0);
  const all = whole as readonly unknown[];
  for (const cut of [1, 10, 100, 300]) {
    const found = opened(crashed, (path) => {
      truncateSync(`${path}.log`, end - cut);
    });
    expect({ cut, found }).toEqual({ cut, found: all.slice(0, -1) });
  }
});

test("a byte of the commit log that changes is said, or takes the last record only", () => {
  const log = readFileSync(`${crashed}.log`);
  const end = log.length - [...log].reverse().findIndex((byte) => byte !== 0);
  const all = whole as readonly unknown[];
  const lastStart = log.lastIndexOf("AOS1");
  for (let position = 0; position < end; position += 613) {
    const found = opened(crashed, (path) => {
      flip(`${path}.log`, position);
    });
    expect({ position, found }).toEqual({
      position,
      found: position < lastStart ? saysDamaged : all.slice(0, -1),
    });
  }
});

test("a commit log without its database is said to be damaged", () => {
  expect(
    opened(crashed, (path) => {
      rmSync(`${path}.db`);
      rmSync(`${path}.db-wal`);
    }),
  ).toEqual(saysDamaged);
});

test("an empty file is a new hub: a process that died as it made its own leaves one", () => {
  expect(
    opened(stopped, (path) => {
      truncateSync(`${path}.db`, 0);
    }),
  ).toEqual([]);
});

test("a file of another version that lacks what that version has is said to be damaged", () => {
  for (const version of [0, 1, taskHubSchemaVersion - 1]) {
    const found = opened(stopped, (path) => {
      const database = new Database(`${path}.db`);
      database.pragma(`user_version = ${version}`);
      database.close();
    });
    expect({ version, found }).toEqual({ version, found: saysDamaged });
  }
});
