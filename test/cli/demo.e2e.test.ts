import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { createTemporaryFolder } from "../../local-cloud/test/support/cli/cloud-process";
import { spawnAosCommand } from "../support/cli/aos-process";

const documents = resolve("samples/document-review");
const collapseWhitespace = (text: string): string => text.replace(/\s+/g, " ");

const reports = createTemporaryFolder();

test("the demo reviews the sample documents, prints each step and the report, and stops its host", async () => {
  const demo = spawnAosCommand(["demo"], {
    AOS_REPORTS_FOLDER: reports,
    AOS_MODEL_PROVIDER: "offline",
  });
  expect(await demo.exited).toBe(0);
  const output = demo.output();
  for (const step of ["list", "plan", "read", "write", "save"])
    expect(output).toMatch(new RegExp(`✓ ${step} +\\w+ +completed`));
  expect(output).toContain("offline model: no language model");

  const [name = ""] = readdirSync(reports);
  const report = readFileSync(join(reports, name), "utf8");
  expect(output).toContain(report.trim());
  expect(output).toContain(`The report is in ${join(reports, name)}\n`);
  const names = readdirSync(documents).filter((file) => file.endsWith(".txt"));
  expect(names).toHaveLength(10);
  for (const document of names) {
    const section =
      report.split(`## ${document}\n`)[1]?.split("\n## ")[0] ?? "";
    const quotes = [...section.matchAll(/“([^”]+)”/g)].map(
      ([, quote = ""]) => quote,
    );
    expect(quotes.length).toBeGreaterThanOrEqual(2);
    const text = collapseWhitespace(
      readFileSync(join(documents, document), "utf8"),
    );
    for (const quote of quotes)
      expect(text).toContain(collapseWhitespace(quote));
  }

  const findings = readFindings(output);
  expect(findings.length).toBeGreaterThanOrEqual(2);
  const lease = join(documents, "contract-office-lease.txt");
  for (const finding of findings)
    expect(collapseWhitespace(readFileSync(lease, "utf8"))).toContain(finding);

  const url = /Listening on (\S+)/.exec(output)?.[1] ?? "";
  await expect(fetch(url)).rejects.toThrow("fetch failed");
});

/** The findings in the response message, without the summary before them. */
const readFindings = (output: string): readonly string[] =>
  (output.split("for request demo-1: completed\n")[1] ?? "")
    .split("\n")
    .slice(1)
    .map((line) => collapseWhitespace(line).trim())
    .filter((line) => line !== "");

test("a failing demo prints the reason and exits with 1", async () => {
  const demo = spawnAosCommand(["demo"], {
    AOS_DOCUMENTS_FOLDER: "/nowhere/at/all",
  });
  expect(await demo.exited).toBe(1);
  expect(demo.output()).toContain("The workflow ended as failed");
  expect(demo.output()).toContain("/nowhere/at/all");
  expect(demo.output()).not.toMatch(/\n\s+at /);
});
