/**
 * The sample workflows while the hub loses episodes after their messages were sent: every run completes with the output and
 * the usage of a run without lost episodes, and each model and tool call is recorded once.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { createCatalog } from "../../src/catalog/catalog";
import { documentReview } from "../../src/catalog/workflows/document-review";
import {
  parallelWorkflow,
  runSampleWorkflow,
} from "../support/orchestrators/sample-workflows";

/** `npm run test:soak` sets it. */
const runs = process.env["SOAK"] === "1" ? 1000 : 24;
const firstSeed = Number(process.env["CHAOS_SEED"] ?? 0);
const rate = 0.2;

const folder = mkdtempSync(join(tmpdir(), "lost-episodes-"));
const documentsFolder = join(folder, "documents");
const catalog = createCatalog({
  documentsFolder,
  reportsFolder: join(folder, "reports"),
});
beforeAll(() => {
  mkdirSync(documentsFolder);
  for (let n = 0; n < 10; n += 1)
    writeFileSync(
      join(documentsFolder, `${n}.txt`),
      `The Tenant shall pay EUR ${n},000 by 1 May 2026.\nThe house is red.`,
    );
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

test.each([documentReview, parallelWorkflow])(
  `$name completes ${runs / 2} times as without lost episodes`,
  async (workflow) => {
    const expected = await runSampleWorkflow(catalog, workflow, {
      seed: firstSeed,
      rate: 0,
    });
    expect(expected).toMatchObject({
      status: "Completed",
      running: [],
      problems: [],
    });
    const failures: unknown[] = [];
    for (let seed = firstSeed; seed < firstSeed + runs / 2; seed += 1) {
      const run = await runSampleWorkflow(catalog, workflow, { seed, rate });
      if (!isDeepStrictEqual(run, expected)) failures.push({ seed, ...run });
    }
    expect(failures).toEqual([]);
  },
  3_600_000,
);
