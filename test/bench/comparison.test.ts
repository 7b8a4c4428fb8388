import { compareEngines, formatComparisonTable } from "../../bench/comparison";

const results = {
  aos: {
    chain10: { figures: { perSecond: 300, orchestrations: 600 } },
    oneStep: { figures: { p50Ms: 2, p99Ms: 4 } },
  },
  restate: {
    chain10: { figures: { perSecond: 150 } },
    oneStep: { figures: { p50Ms: 8, p99Ms: 2 } },
  },
  dbos: { chain10: { figures: { perSecond: 100 } }, oneStep: {} },
};

test("compareEngines returns a ratio above 1 where AOS has more steps/s or a lower latency", () => {
  const rows = compareEngines(results);
  expect(rows.map(({ ratios }) => ratios)).toEqual([
    { restate: 2, dbos: 3 },
    { restate: 4 },
    { restate: 0.5 },
  ]);
});

test("compareEngines compares AOS with the best peer in `ratio`", () => {
  expect(compareEngines(results).map(({ ratio }) => ratio)).toEqual([
    2, 4, 0.5,
  ]);
});

test("compareEngines returns values without ratios when AOS was not measured", () => {
  const [row] = compareEngines({ restate: results.restate });
  expect(row).toMatchObject({ values: { restate: 1500 }, ratios: {} });
  expect(row?.ratio).toBeUndefined();
});

test("formatComparisonTable shows a dash for a figure that an engine does not have", () => {
  const names = { aos: "AOS", restate: "Restate", dbos: "DBOS" };
  const table = formatComparisonTable(compareEngines(results), names);
  expect(table.split("\n").slice(2)).toEqual([
    "| 10-step chains, 50 at a time: steps/s | 3,000 | 1,500 (2 ×) | 1,000 (3 ×) | 2 × |",
    "| one step: p50, ms | 2 | 8 (4 ×) | – | 4 × |",
    "| one step: p99, ms | 4 | 2 (0.5 ×) | – | 0.5 × |",
  ]);
});
