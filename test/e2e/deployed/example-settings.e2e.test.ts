import { copyFileSync, cpSync } from "node:fs";
import { join } from "node:path";
import { createApiClient } from "../../support/http/api-client";
import {
  startHostCommand,
  createTemporaryFolder,
} from "../../../local-cloud/test/support/cli/cloud-process";

const folder = createTemporaryFolder();

test("the package is ready with local.settings.json.example as its local settings", async () => {
  const app = join(folder, "app");
  cpSync("dist/package", app, { recursive: true });
  copyFileSync("service-bus.json", join(app, "service-bus.json"));
  copyFileSync("local.settings.json.example", join(app, "local.settings.json"));
  await using host = await startHostCommand({
    app,
    data: join(folder, "data"),
    args: ["--service-bus-port", "0"],
  });
  expect(await createApiClient(host.url).get("health/ready")).toMatchObject({
    status: 200,
    body: {
      checks: {
        keyVault: { status: "ok" },
        taskHub: { status: "ok" },
        storage: { status: "ok" },
        serviceBus: { status: "ok" },
        model: { status: "ok", provider: "offline" },
      },
    },
  });
});
