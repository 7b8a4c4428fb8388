import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type {
  ChatMessage,
  LanguageModel,
} from "../../../src/models/language-model";
import { offlineNotice } from "../../../src/models/offline/notice";
import { offlineModel } from "../../../src/models/offline/offline-model";
import { parseAgentOutput } from "../../../src/models/agent-output";
import { runTool } from "../../../src/tools/run-tool";
import { type Catalog, createCatalog } from "../../../src/catalog/catalog";
import type { Json } from "../../../src/domain/payload";
import { type ExpressionBindings } from "../../../src/domain/expression/compile-expression";
import { renderTemplate } from "../../../src/domain/expression/template";
import type {
  AgentWork,
  ToolWork,
} from "../../../src/domain/workflow/workflow-definition";

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
let shipped: Catalog;
const signal = new AbortController().signal;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "aos-review-"));
  for (const [name, text] of Object.entries(documents))
    await writeFile(join(root, name), text);
  shipped = createCatalog({
    documentsFolder: root,
    reportsFolder: join(root, "reports"),
  });
});
afterAll(() => rm(root, { recursive: true }));

/** One turn of an agent, as the orchestrator and its activities would take it. */
async function turn(
  work: AgentWork,
  bindings: ExpressionBindings,
  model: LanguageModel,
) {
  const agent = named(shipped.agents, work.agent);
  const text = renderTemplate(work.prompt, bindings);
  if (typeof text !== "string") throw new Error("the prompt is not a text");
  const messages: ChatMessage[] = [{ role: "user", text }];
  for (let round = 0; round < (agent.maxRounds ?? 10); round++) {
    const answer = await model.complete(
      { ...agent, messages, tools: [] },
      signal,
    );
    if (answer.toolCalls.length === 0)
      return parseAgentOutput(agent, answer.text);
    messages.push({ role: "assistant", ...answer });
    for (const { id, name, arguments: input } of answer.toolCalls) {
      const tool = named(shipped.tools, name);
      const result = await runTool(tool, input, { idempotencyKey: id, signal });
      messages.push({ role: "tool", callId: id, name, result });
    }
  }
  throw new Error("too many rounds");
}

async function work(step: AgentWork | ToolWork, bindings: ExpressionBindings) {
  if (step.kind === "agent") return turn(step, bindings, offlineModel());
  const tool = named(shipped.tools, step.tool);
  const input = renderTemplate(step.input ?? {}, bindings);
  return runTool(tool, input, { idempotencyKey: "k", signal });
}

/** Takes the steps in the order in which they are written, each after what it needs. */
async function review(input: Json): Promise<Json> {
  const definition = named(shipped.workflows, "document-review");
  const steps: Record<string, Json> = {};
  const bindings = { input, steps, orchestration: { id: "order:1" } };
  for (const step of definition.steps) {
    if (step.kind !== "map") {
      steps[step.id] = { output: await work(step, bindings) };
      continue;
    }
    const items = renderTemplate(step.over, bindings) as readonly Json[];
    const output = await Promise.all(
      items.map((item, index) =>
        work(step.step, { ...bindings, [step.as]: item, index }),
      ),
    );
    steps[step.id] = { output };
  }
  return renderTemplate(definition.output ?? null, bindings);
}

function named<Item extends { readonly name: string }>(
  items: readonly Item[],
  name: string,
): Item {
  const found = items.find((item) => item.name === name);
  if (found === undefined) throw new Error(`nothing is named ${name}`);
  return found;
}

interface Review {
  readonly report: string;
  readonly path: string;
  readonly documents: readonly string[];
}

describe("document-review", () => {
  test("reports on every document in its own words, and saves the report", async () => {
    const {
      report,
      path,
      documents: read,
    } = (await review({})) as unknown as Review;
    expect(read).toEqual(["lease.txt", "outage.md"]);
    expect(await readFile(path, "utf8")).toBe(report);

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

  test("reads only the documents that it is given, with the focus that it is given", async () => {
    const output = await review({
      documents: ["outage.md"],
      focus: "certificates",
    });
    expect(output).toMatchObject({ documents: ["outage.md"] });
    expect((output as unknown as Review).report).not.toContain("Tenant");
  });
});
