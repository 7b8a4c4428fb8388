import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { ServiceBusReceivedMessage } from "@azure/service-bus";
import {
  extractExamples,
  compileExamples,
  runExample,
} from "../support/docs/examples";
import { startAos } from "../support/cli/aos-process";
import { createTemporaryFolder } from "../../local-cloud/test/support/cli/cloud-process";

const path = "docs/pipelines.md";
const page = readFileSync(path, "utf8");
const examples = extractExamples(page, "ts");
const folder = createTemporaryFolder();

test("the example compiles", () => {
  expect(examples.size).toBe(1);
  expect(compileExamples(examples)).toEqual([]);
});

test("the example asks AOS and has its answer", async () => {
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
  const answer = await ask(bus, "order-1");
  expect(answer).toMatchObject({
    correlationId: "order-1",
    body: {
      workflow: "document-review",
      status: "completed",
      output: { documents: ["contract-office-lease.txt"] },
    },
  });
});

test("the page links only to what exists", () => {
  const links = [...page.matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(
    ([, link = ""]) => join(dirname(path), link),
  );
  const named = [
    ...page.matchAll(/`((?:src|test)\/[\w./-]+|service-bus\.json)`/g),
  ].map(([, name = ""]) => name);
  expect(links.length).toBeGreaterThan(0);
  expect(named.length).toBeGreaterThan(0);
  expect([...links, ...named].filter((each) => !existsSync(each))).toEqual([]);
});
