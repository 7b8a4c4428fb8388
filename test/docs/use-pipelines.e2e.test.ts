import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ServiceBusReceivedMessage } from "@azure/service-bus";
import {
  extractExamples,
  compileExamples,
  runExample,
} from "../support/docs/examples";
import { startAos } from "../support/cli/aos-process";
import { createTemporaryFolder } from "../../local-cloud/test/support/cli/cloud-process";

const path = "docs/how-to/use-pipelines.md";
const page = readFileSync(path, "utf8");
const examples = extractExamples(page, "ts");
const folder = createTemporaryFolder();

test("the example of use-pipelines.md compiles", () => {
  expect(examples.size).toBe(1);
  expect(compileExamples(examples)).toEqual([]);
});

test("the example of use-pipelines.md sends a request and receives its response", async () => {
  const { ask } = runExample(examples, "examples/ask.ts", folder) as {
    ask: (
      connectionString: string,
      orderId: string,
    ) => Promise<ServiceBusReceivedMessage>;
  };
  const reports = join(folder, "reports");
  await using cloud = await startAos({
    env: { AOS_MODEL_PROVIDER: "offline", AOS_REPORTS_FOLDER: reports },
  });
  const bus = /Endpoint=sb:\S+/.exec(cloud.output())?.[0] ?? "";
  const response = await ask(bus, "order-1");
  expect(response).toMatchObject({
    correlationId: "order-1",
    body: {
      workflow: "document-review",
      status: "completed",
      output: { documents: ["contract-office-lease.txt"] },
    },
  });
});
