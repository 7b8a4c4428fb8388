import { TableClient } from "@azure/data-tables";
import { BlobServiceClient } from "@azure/storage-blob";
import { QueueServiceClient } from "@azure/storage-queue";
import { taskHubStorageNames } from "../../durable-task/model/storage-names";
import { type LocalStorage, startStorage } from "../../storage/azurite";
import { createTemporaryFolder } from "../support/shared/temporary-folder";

const dataFolder = createTemporaryFolder();
let storage: LocalStorage;

beforeAll(async () => {
  storage = await startStorage({ dataFolder });
  await storage.reserve({ hub: "Aos", ...taskHubStorageNames("Aos") });
});
afterAll(() => storage.stop());

const openTable = (name: string): TableClient =>
  TableClient.fromConnectionString(storage.connectionString, name, {
    allowInsecureConnection: true,
  });
const openContainer = (name: string) =>
  BlobServiceClient.fromConnectionString(
    storage.connectionString,
  ).getContainerClient(name);
const openQueue = (name: string) =>
  QueueServiceClient.fromConnectionString(
    storage.connectionString,
  ).getQueueClient(name);

const entity = { partitionKey: "p", rowKey: "r", text: "x".repeat(30_000) };
const refusal = {
  statusCode: 403,
  message: expect.stringContaining("belongs to the task hub Aos") as string,
};

test.each(["AosHistory", "aoshistory", "AosInstances", "AosPartitions"])(
  "refuses every request for the table %s",
  async (name) => {
    const table = openTable(name);
    await expect(table.createTable()).rejects.toMatchObject(refusal);
    await expect(table.upsertEntity(entity)).rejects.toMatchObject(refusal);
    await expect(table.getEntity("p", "r")).rejects.toMatchObject(refusal);
    await expect(table.listEntities().next()).rejects.toMatchObject(refusal);
    await expect(
      table.submitTransaction([["create", entity]]),
    ).rejects.toMatchObject({ statusCode: 403 });
  },
);

test("refuses containers and queues of the task hub", async () => {
  for (const name of ["aos-leases", "aos-applease", "aos-largemessages"])
    await expect(openContainer(name).createIfNotExists()).rejects.toMatchObject(
      refusal,
    );
  for (const name of ["aos-workitems", "aos-control-00", "aos-control-15"])
    await expect(openQueue(name).createIfNotExists()).rejects.toMatchObject(
      refusal,
    );
});

test("serves all other names, also those that a task hub uses for another kind of resource", async () => {
  for (const name of ["AosEvents", "History", "MyAosHistory", "AosHistory2"]) {
    const table = openTable(name);
    await table.createTable();
    await table.submitTransaction([["create", entity]]);
    expect(await table.getEntity("p", "r")).toMatchObject(entity);
  }
  await openContainer("aoshistory").create();
  await openContainer("aos-workitems").create();
  const queue = openQueue("aos-leases");
  await queue.create();
  await queue.sendMessage("AosHistory");
  expect((await queue.receiveMessages()).receivedMessageItems).toHaveLength(1);
});
