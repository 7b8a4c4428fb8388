import fc from "fast-check";
import { offlineScripts } from "../../../src/catalog/offline/document-review";
import type { Json } from "../../../src/domain/payload";
import { offlineNotice } from "../../../src/models/offline/offline-model";

const lease = `LEASE

1. Payment
The Tenant shall pay EUR 2,400 on the first day of each month. The weather
in Bern is often mild. Few people mind.

2. End
2.1 Either party may terminate this lease by notice before 30 June 2027.`;

function answer(
  agent: string,
  prompt: string,
  results: readonly (readonly Json[])[] = [],
): unknown {
  const next = offlineScripts[agent]?.({ prompt, results });
  return next !== undefined && "answer" in next ? next.answer : undefined;
}
const read = (text: string) =>
  answer("reader", "lease.txt\n\nRead it.", [[{ name: "lease.txt", text }]]);

describe("the planner's offline script", () => {
  test("plans with the list in the prompt", () => {
    const prompt = "Plan it.\n\n## Rules\n- Read all of it.\n- Quote it.";
    expect(answer("planner", prompt)).toEqual({
      steps: ["Read all of it.", "Quote it."],
      summary: expect.stringContaining(offlineNotice) as string,
    });
  });
});

describe("the reader's offline script", () => {
  test("reads the document that the first line of the prompt names", () => {
    expect(
      offlineScripts["reader"]?.({ prompt: "lease.txt\n\nRead.", results: [] }),
    ).toEqual({
      toolCalls: [{ tool: "readDocument", arguments: { name: "lease.txt" } }],
    });
  });

  test("quotes the key sentences of the document, not the prompt, in the order of the document", () => {
    expect(read(lease)).toEqual({
      document: "lease.txt",
      findings: [
        "The Tenant shall pay EUR 2,400 on the first day of each month.",
        "The weather in Bern is often mild.",
        "Either party may terminate this lease by notice before 30 June 2027.",
      ],
      summary: expect.stringMatching(
        /^\[offline model: .*\] The Tenant shall pay/,
      ) as string,
    });
  });

  test("answers without findings when the tool failed or the document is empty", () => {
    for (const result of [{ error: "no such document" }, { text: "" }])
      expect(answer("reader", "lease.txt", [[result]])).toEqual({
        document: "lease.txt",
        findings: [],
        summary: `${offlineNotice} The document has no sentence to quote.`,
      });
  });

  test("gives the same answer to the same turn, with quotes from the document only", () => {
    const words = fc.array(fc.constantFrom(...lease.split(/\s+/)), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(words, (chosen) => {
        const text = chosen.join(" ");
        expect(read(text)).toEqual(read(text));
        const { findings } = read(text) as { findings: readonly string[] };
        expect(findings.length).toBeLessThanOrEqual(3);
        for (const finding of findings) expect(text).toContain(finding);
      }),
    );
  });
});

describe("the writer's offline script", () => {
  test("reports in one section per document, with the plan and the best quotes", () => {
    const plan = { steps: ["Read all of it."], summary: offlineNotice };
    const findings = [
      {
        document: "a.txt",
        findings: ["It shall end in 2027 for sure."],
        summary: `${offlineNotice} It ends.`,
      },
      {
        document: "b.txt",
        findings: ["The pump failed on 3 May 2026 at noon."],
        summary: `${offlineNotice} It failed.`,
      },
    ];
    const prompt = `Write it.\n\n# Review\n\n## Plan\n${JSON.stringify(plan)}\n\n## Found\n${JSON.stringify(findings)}`;
    const report = answer("writer", prompt);
    expect(String(report).split("\n")).toEqual([
      "# Review",
      "",
      "## Plan",
      "",
      "- Read all of it.",
      "",
      "## a.txt",
      "",
      "- “It shall end in 2027 for sure.”",
      "",
      "## b.txt",
      "",
      "- “The pump failed on 3 May 2026 at noon.”",
      "",
      "## In brief",
      "",
      "- “The pump failed on 3 May 2026 at noon.” (b.txt)",
      "- “It shall end in 2027 for sure.” (a.txt)",
    ]);
  });

  test("quotes the prompt when it contains no findings", () => {
    expect(answer("writer", "Summarize this: The rent is due [today].")).toBe(
      "- Summarize this: The rent is due [today].",
    );
  });
});
