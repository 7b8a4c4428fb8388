import { execFileSync } from "node:child_process";
import { resolve } from "node:path";
import { ServiceBusClient } from "@azure/service-bus";
import {
  spawnCommand,
  createTemporaryFolder,
} from "../../local-cloud/test/support/cli/cloud-process";
import {
  readServiceBusConnectionString,
  spawnAosCommand,
  startAos,
} from "../support/cli/aos-process";

const data = createTemporaryFolder();

test("npm start prints a curl command that starts an orchestration", async () => {
  await using cloud = await startAos();
  const line = /curl .*/.exec(cloud.output())?.[0] ?? "";
  const answer = execFileSync("sh", ["-c", line], { encoding: "utf8" });
  expect(JSON.parse(answer)).toMatchObject({ workflow: "document-review" });
});

test("npm start prints the connection string of a Service Bus with the entities of AOS", async () => {
  await using aos = await startAos();
  expect(aos.output()).toMatch(/Bus +Endpoint=sb:\/\/localhost:\d+;\S+\n/);
  const client = new ServiceBusClient(readServiceBusConnectionString(aos));
  await client.createSender("agent-events").sendMessages({ body: 1 });
  await client.close();
});

test("a second start with the same data folder exits with 1 and names the folder", async () => {
  await using cloud = await startAos({ data });
  expect(cloud.url).toContain("http://localhost:");
  const second = spawnAosCommand([
    "dev",
    "--no-build",
    "--port",
    "0",
    "--data",
    data,
  ]);
  expect(await second.exited).toBe(1);
  expect(second.output()).toContain(`uses the data folder ${data}`);
});

test("an invalid catalog stops the start with all its problems", async () => {
  const bad = spawnCommand([
    ...["host", "--app", resolve("test/fixtures/bad-catalog")],
    ...["--port", "0", "--data", data],
  ]);
  expect(await bad.exited).toBe(1);
  const output = bad.output();
  expect(output).toContain("/steps/0/agent");
  expect(output).toContain("/steps/1/needs");
  expect(output).not.toMatch(/\n\s+at /);
});
