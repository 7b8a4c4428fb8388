import { truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "libsql";
import { brokerSchemaVersion } from "../../../service-bus/store/sqlite-schema";
import { openBrokerStore } from "../../../service-bus/store/sqlite-store";
import {
  buildMessageRecord,
  brokerStoreContract,
} from "../../contracts/broker-store.contract";
import { createTemporaryFolder } from "../../support/shared/temporary-folder";

const folder = createTemporaryFolder();

let fileCount = 0;
const newPath = () => join(folder, `bus-${(fileCount += 1)}.db`);

describe("the SQLite store", () => {
  let path = "";
  brokerStoreContract(
    () => openBrokerStore((path = newPath())),
    (store) => {
      store.close();
      return openBrokerStore(path);
    },
  );
});

test("openBrokerStore rejects a file of another version", () => {
  const path = newPath();
  openBrokerStore(path).close();
  const database = new Database(path);
  database.pragma(`user_version = ${brokerSchemaVersion + 1}`);
  database.close();
  expect(() => openBrokerStore(path)).toThrow(/another version of the broker/);
});

test("openBrokerStore rejects a file that another broker has open", () => {
  const path = newPath();
  const store = openBrokerStore(path);
  expect(() => openBrokerStore(path)).toThrow(
    /Another broker uses the Service Bus file/,
  );
  store.close();
  openBrokerStore(path).close();
});

test("openBrokerStore names the damaged file and the remedy", () => {
  const damaged = join(folder, "damaged.db");
  const store = openBrokerStore(damaged);
  const { id } = store.queue("q");
  store.commit(
    Array.from({ length: 200 }, (_, i) => ({
      ...{
        kind: "put" as const,
        queue: id,
        message: buildMessageRecord(i + 1),
      },
      content: Buffer.alloc(500),
    })),
  );
  store.close();
  truncateSync(damaged, 8192);
  expect(() => openBrokerStore(damaged)).toThrow(
    /damaged\.db is damaged .*move it/,
  );
  const text = newPath();
  writeFileSync(text, "not a database, ".repeat(20));
  expect(() => openBrokerStore(text)).toThrow(/is damaged/);
});
