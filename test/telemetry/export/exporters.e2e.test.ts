import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join, resolve } from "node:path";
import { createApiClient } from "../../support/http/api-client";
import {
  startHostCommand,
  createTemporaryFolder,
} from "../../../local-cloud/test/support/cli/cloud-process";
import { echoWorkflow } from "../../support/domain/echo-workflow";

const folder = createTemporaryFolder();

test.each([
  [
    "the compiled modules",
    ".",
    (url: string) => ({ OTEL_EXPORTER_OTLP_ENDPOINT: url }),
  ],
  // The deployable contains the SDK in a separate file.
  [
    "the deployable",
    "dist/package",
    (url: string) => ({
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${url}/v1/traces`,
      OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: `${url}/v1/metrics`,
    }),
  ],
])(
  "%s export pending telemetry to the collector when the app stops",
  async (_, app, endpoints) => {
    const received: string[] = [];
    const collector = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const text = Buffer.concat(chunks).toString("utf8");
        received.push(`${request.url ?? ""} ${text}`);
        response.setHeader("content-type", "application/json").end("{}");
      });
    }).listen(0, "127.0.0.1");
    await once(collector, "listening");
    const { port } = collector.address() as AddressInfo;
    const host = await startHostCommand({
      app: resolve(app),
      data: join(folder, app === "." ? "modules" : "package"),
      env: {
        AzureWebJobsStorage: "UseDevelopmentStorage=true",
        AOS_MODEL_PROVIDER: "offline",
        ...endpoints(`http://127.0.0.1:${port}`),
        OTEL_RESOURCE_ATTRIBUTES: "service.version=7.6.5-test",
        OTEL_SERVICE_NAME: "reviews",
        OTEL_TRACES_SAMPLER: "microsoft.rate_limited",
      },
    });
    const api = createApiClient(host.url);
    const { body } = await api.start({ definition: echoWorkflow });
    await api.status(body.id, "20s");
    await host.stop();
    collector.close();
    const sent = (path: string) =>
      received.filter((request) => request.startsWith(path)).join();
    expect(sent("/v1/traces")).toContain(body.id);
    expect(sent("/v1/traces")).toContain("finishOrchestration");
    expect(sent("/v1/traces")).toContain("reviews");
    expect(sent("/v1/traces")).toContain("7.6.5-test");
    expect(sent("/v1/metrics")).toContain("service.instance.id");
    expect(sent("/v1/metrics")).toContain("aos.orchestration.starts");
  },
);
