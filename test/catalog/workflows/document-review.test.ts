import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Catalog } from "../../../src/app/validate-catalog";
import { createCatalog } from "../../../src/catalog/catalog";
import { offlineScripts } from "../../../src/catalog/offline/document-review";
import type { ExpressionBindings } from "../../../src/domain/expression/compile-expression";
import { renderTemplate } from "../../../src/domain/expression/template";
import type { Json } from "../../../src/domain/payload";
import type {
  AgentWork,
  ToolWork,
} from "../../../src/domain/workflow/workflow-definition";
import { parseAgentOutput } from "../../../src/models/agent-output";
import type { ChatMessage } from "../../../src/models/language-model";
import {
  offlineModel,
  offlineNotice,
} from "../../../src/models/offline/offline-model";
import { runTool } from "../../../src/tools/run-tool";

const documents = {
  "lease.txt": `LEASE AGREEMENT

1. Payment
The Tenant shall pay EUR 2,400 to the Landlord on the first day of each month.
Late payments shall bear interest at 5% a year from the day they were due.
The building stands in a quiet street with trees on both of its sides.

2. Term
The lease begins on 1 March 2026 and may be terminated by either party with
three months' notice, for the first time on 30 June 2027.`,
  "outage.md": `# Incident 4711: checkout unavailable

## Summary
On 3 May 2026 the checkout was unavailable for 47 minutes, with an impact on 1,920 customers.

## Root cause
The root cause was a certificate that expired at 09:12 because its renewal job had been disabled in April.

## Actions
- The owner of the payment service must add an alarm on certificates by 20 May 2026.
- People were very friendly to each other all the time.`,
};

let root: string;
let catalog: Catalog;
const model = offlineModel(offlineScripts);
const signal = new AbortController().signal;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "aos-review-"));
  for (const [name, text] of Object.entries(documents))
    await writeFile(join(root, name), text);
  catalog = createCatalog({
    documentsFolder: root,
    reportsFolder: join(root, "reports"),
  });
});
afterAll(() => rm(root, { recursive: true }));

/** One turn of an agent, without orchestrator and activities. */
async function runTurn(work: AgentWork, bindings: ExpressionBindings) {
  const agent = findByName(catalog.agents, work.agent);
  const text = renderTemplate(work.prompt, bindings);
  if (typeof text !== "string") throw new Error("The prompt is not a text.");
  const messages: ChatMessage[] = [{ role: "user", text }];
  for (let round = 0; round < (agent.maxRounds ?? 10); round++) {
    const response = await model.complete(
      { ...agent, agent: agent.name, messages, tools: [] },
      signal,
    );
    if (response.toolCalls.length === 0)
      return parseAgentOutput(agent, response.text);
    messages.push({ role: "assistant", ...response });
    for (const { id, name, arguments: input } of response.toolCalls) {
      const tool = findByName(catalog.tools, name);
      const result = await runTool(tool, input, id);
      messages.push({ role: "tool", callId: id, name, result });
    }
  }
  throw new Error("The agent made too many model calls.");
}

async function runStep(
  step: AgentWork | ToolWork,
  bindings: ExpressionBindings,
) {
  if (step.kind === "agent") return runTurn(step, bindings);
  const tool = findByName(catalog.tools, step.tool);
  const input = renderTemplate(step.input ?? {}, bindings);
  return runTool(tool, input, "k");
}

/** Runs the steps in the order of the definition, where every step follows the steps that it needs. */
async function runReview(input: Json): Promise<Json> {
  const definition = findByName(catalog.workflows, "document-review");
  const steps: Record<string, Json> = {};
  const bindings = { input, steps, orchestration: { id: "order:1" } };
  for (const step of definition.steps) {
    if (step.kind !== "map") {
      steps[step.id] = { output: await runStep(step, bindings) };
      continue;
    }
    const items = renderTemplate(step.over, bindings) as readonly Json[];
    const output = await Promise.all(
      items.map((item, index) =>
        runStep(step.step, { ...bindings, [step.as]: item, index }),
      ),
    );
    steps[step.id] = { output };
  }
  return renderTemplate(definition.output ?? null, bindings);
}

function findByName<Item extends { readonly name: string }>(
  items: readonly Item[],
  name: string,
): Item {
  const found = items.find((item) => item.name === name);
  if (found === undefined) throw new Error(`No item has the name ${name}.`);
  return found;
}

interface Review {
  readonly report: string;
  readonly path: string;
  readonly documents: readonly string[];
}

describe("document-review with the offline model", () => {
  test("saves a report that quotes every document word for word and has one offline notice", async () => {
    const review = (await runReview({})) as unknown as Review;
    const { report } = review;
    expect(review.documents).toEqual(["lease.txt", "outage.md"]);
    expect(await readFile(review.path, "utf8")).toBe(report);

    expect(
      report.startsWith(`${offlineNotice}\n\n# Document review\n\n## Plan\n`),
    ).toBe(true);
    expect(report.split(offlineNotice)).toHaveLength(2);
    const headings = report.match(/^## .+$/gm);
    expect(headings).toEqual([
      "## Plan",
      "## lease.txt",
      "## outage.md",
      "## In brief",
    ]);
    const sources = Object.values(documents).map((text) =>
      text.replace(/\s+/g, " "),
    );
    const quotes = [...report.matchAll(/“(.+)”/g)].map(
      ([, quote]) => quote ?? "",
    );
    expect(quotes.length).toBeGreaterThanOrEqual(6);
    for (const quote of quotes)
      expect(sources.some((text) => text.includes(quote))).toBe(true);
    expect(report).toContain("The Tenant shall pay EUR 2,400");
    expect(report).toContain("The root cause was a certificate");
  });

  test("reads only the documents of the input", async () => {
    const output = await runReview({
      documents: ["outage.md"],
      focus: "certificates",
    });
    expect(output).toMatchObject({ documents: ["outage.md"] });
    expect((output as unknown as Review).report).not.toContain("Tenant");
  });
});
