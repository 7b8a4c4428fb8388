import { copyFileSync, cpSync } from "node:fs";
import { join } from "node:path";
import { apiAt } from "../../support/api";
import { startHost, temporaryFolder } from "../../support/local-host";

const folder = temporaryFolder();

test("the example of local settings, copied as it is, gives an app that is ready", async () => {
  const app = join(folder, "app");
  cpSync("dist/package", app, { recursive: true });
  copyFileSync("service-bus.json", join(app, "service-bus.json"));
  copyFileSync("local.settings.json.example", join(app, "local.settings.json"));
  await using host = await startHost({
    app,
    data: join(folder, "data"),
    args: ["--service-bus-port", "0"],
  });
  expect(await apiAt(host.url).get("health/ready")).toMatchObject({
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
