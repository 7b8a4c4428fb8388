import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { TableClient } from "@azure/data-tables";
import ts from "typescript";
import { startStorage } from "../../storage/azurite";

const dataFolder = mkdtempSync(join(tmpdir(), "aos-storage-"));
afterAll(() => {
  rmSync(dataFolder, { recursive: true, force: true });
});

const tableOf = (connectionString: string): TableClient =>
  TableClient.fromConnectionString(connectionString, "Kept", {
    allowInsecureConnection: true,
  });

/** Another process that starts storage in the folder, says where, and waits to be killed. */
async function startElsewhere() {
  const file = resolve("local-cloud/storage/azurite.ts");
  const { outputText } = ts.transpileModule(ts.sys.readFile(file) ?? "", {
    compilerOptions: {
      module: ts.ModuleKind.CommonJS,
      target: ts.ScriptTarget.ES2022,
      esModuleInterop: true,
    },
  });
  const program = `${outputText}
    startStorage({ dataFolder: ${JSON.stringify(dataFolder)} })
      .then(({ connectionString }) => console.log(connectionString));`;
  const child = spawn(process.execPath, ["-e", program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [said] = (await once(child.stdout, "data")) as [Buffer];
  return { child, connectionString: said.toString().trim() };
}

describe("local storage", () => {
  test("keeps what was written when the process that started it is killed", async () => {
    const { child, connectionString } = await startElsewhere();
    const before = tableOf(connectionString);
    await before.createTable();
    await before.createEntity({ partitionKey: "p", rowKey: "r", text: "kept" });
    child.kill("SIGKILL");

    // At once, so that the storage before it is still writing.
    await using again = await startStorage({ dataFolder });
    const row = await tableOf(again.connectionString).getEntity("p", "r");
    expect(row).toMatchObject({ text: "kept" });
  });

  test("keeps what was written when it is stopped", async () => {
    const first = await startStorage({ dataFolder });
    await tableOf(first.connectionString).createTable();
    const entity = { partitionKey: "p", rowKey: "s", text: "kept" };
    await tableOf(first.connectionString).createEntity(entity);
    await Promise.all([first.stop(), first.stop()]);

    await using second = await startStorage({ dataFolder });
    const row = await tableOf(second.connectionString).getEntity("p", "s");
    expect(row).toMatchObject({ text: "kept" });
  });
});
