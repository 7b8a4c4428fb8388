import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { openStorage } from "../../src/storage/open-storage";
import type { Storage } from "../../src/storage/ports";
import { recordsContract } from "../contracts/records.contract";
import { storageContract } from "../contracts/storage.contract";
import { useAzuriteStorage } from "../support/storage/azurite-storage";

const storage = useAzuriteStorage();

describe("storage on Azurite", () => {
  storageContract(storage);
  recordsContract(storage);

  test("passes its checks while Azurite runs", async () => {
    await expect(storage().orchestrations.check()).resolves.toBeUndefined();
    await expect(storage().payloads.check()).resolves.toBeUndefined();
  });
});

describe("storage that cannot be reached", () => {
  const storageAtPort = (port: number): Storage =>
    openStorage({
      connectionString: `DefaultEndpointsProtocol=http;AccountName=a;AccountKey=a2V5;TableEndpoint=http://127.0.0.1:${port}/a;BlobEndpoint=http://127.0.0.1:${port}/a`,
    });
  const unavailable = { code: "storage_unavailable" };

  test("throws storage_unavailable when no server listens at the port", async () => {
    const unreachable = storageAtPort(1);
    await expect(unreachable.orchestrations.check()).rejects.toMatchObject(
      unavailable,
    );
    await expect(unreachable.payloads.check()).rejects.toMatchObject(
      unavailable,
    );
    await expect(
      unreachable.payloads.put("o", "x".repeat(40_000)),
    ).rejects.toMatchObject(unavailable);
  });

  test.each([403, 500, 503])(
    "throws storage_unavailable when the server returns %i",
    async (status) => {
      const server = createServer((_, response) => {
        response.writeHead(status).end();
      }).listen(0, "127.0.0.1");
      await once(server, "listening");
      const broken = storageAtPort((server.address() as AddressInfo).port);
      await expect(broken.history.read("o")).rejects.toMatchObject(unavailable);
      server.close();
    },
  );
});
