import { spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import { TableClient } from "@azure/data-tables";
import { startStorage } from "../../storage/azurite";
import { createTemporaryFolder } from "../support/shared/temporary-folder";

const dataFolder = createTemporaryFolder();

const createTableClient = (connectionString: string): TableClient =>
  TableClient.fromConnectionString(connectionString, "Kept", {
    allowInsecureConnection: true,
  });

/** Starts storage in another process, which runs until it is killed. */
async function startInOtherProcess() {
  const file = resolve("local-cloud/dist/storage/azurite.js");
  const program = `require(${JSON.stringify(file)})
    .startStorage({ dataFolder: ${JSON.stringify(dataFolder)} })
    .then(({ connectionString }) => console.log(connectionString));`;
  const child = spawn(process.execPath, ["-e", program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [output] = (await once(child.stdout, "data")) as [Buffer];
  return { child, connectionString: output.toString().trim() };
}

describe("startStorage", () => {
  test("keeps data when the process that started it is killed", async () => {
    const { child, connectionString } = await startInOtherProcess();
    const before = createTableClient(connectionString);
    await before.createTable();
    await before.createEntity({ partitionKey: "p", rowKey: "r", text: "kept" });
    child.kill("SIGKILL");

    // Starts immediately, while the previous storage process is still writing.
    await using again = await startStorage({ dataFolder });
    const row = await createTableClient(again.connectionString).getEntity(
      "p",
      "r",
    );
    expect(row).toMatchObject({ text: "kept" });
  });

  test("keeps data when it is stopped", async () => {
    const first = await startStorage({ dataFolder });
    await createTableClient(first.connectionString).createTable();
    const entity = { partitionKey: "p", rowKey: "s", text: "kept" };
    await createTableClient(first.connectionString).createEntity(entity);
    await Promise.all([first.stop(), first.stop()]);

    await using second = await startStorage({ dataFolder });
    const row = await createTableClient(second.connectionString).getEntity(
      "p",
      "s",
    );
    expect(row).toMatchObject({ text: "kept" });
  });
});
