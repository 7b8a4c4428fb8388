import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import type { Storage } from "../../src/storage/ports";
import { openStorage } from "../../src/storage/open-storage";
import { recordsContract } from "../contracts/records.contract";
import { storageContract } from "../contracts/storage.contract";
import {
  type Azurite,
  startAzurite,
} from "../../local-cloud/test/support/storage/azurite";

let azurite: Azurite;
let storage: Storage;
beforeAll(async () => {
  azurite = await startAzurite();
  storage = openStorage({ connectionString: azurite.connectionString });
});
afterAll(() => azurite.stop());

describe("storage on Azurite", () => {
  storageContract(() => storage);
  recordsContract(() => storage);

  test("is ready once it answers", async () => {
    await expect(storage.orchestrations.check()).resolves.toBeUndefined();
    await expect(storage.payloads.check()).resolves.toBeUndefined();
  });
});

describe("storage that cannot be reached", () => {
  const at = (port: number): Storage =>
    openStorage({
      connectionString: `DefaultEndpointsProtocol=http;AccountName=a;AccountKey=a2V5;TableEndpoint=http://127.0.0.1:${port}/a;BlobEndpoint=http://127.0.0.1:${port}/a`,
    });
  const unavailable = { code: "storage_unavailable" };

  test("is unavailable when nobody listens", async () => {
    const nowhere = at(1);
    await expect(nowhere.orchestrations.check()).rejects.toMatchObject(
      unavailable,
    );
    await expect(nowhere.payloads.check()).rejects.toMatchObject(unavailable);
    await expect(
      nowhere.payloads.put("o", "x".repeat(40_000)),
    ).rejects.toMatchObject(unavailable);
  });

  test.each([403, 500, 503])("is unavailable when it answers %i", async (n) => {
    const server = createServer((_, response) => {
      response.writeHead(n).end();
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const broken = at((server.address() as AddressInfo).port);
    await expect(broken.history.read("o")).rejects.toMatchObject(unavailable);
    server.close();
  });
});
