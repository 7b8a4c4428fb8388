import { splitSentences } from "../../../src/catalog/offline/sentences";

describe("splitSentences", () => {
  test("joins wrapped lines and does not split at abbreviations and amounts", () => {
    expect(
      splitSentences(
        "Acme Ltd. Basel pays $3.50 per unit\nto Dr. Keller. It does so (mostly.) “Always.” Done!",
      ),
    ).toEqual([
      "Acme Ltd. Basel pays $3.50 per unit to Dr. Keller.",
      "It does so (mostly.)",
      "“Always.”",
      "Done!",
    ]);
  });

  test("returns list items one by one and omits headings, labels and tables", () => {
    expect(
      splitSentences(`# Incident 12
ROOT CAUSE
Date: 3 May 2026
**Owner:** J. Meier
A valve stuck at 10 bar
and leaked.

| a | b |
---
1. Payment
2. Replace the valve by 1 June
- The team trains again`),
    ).toEqual([
      "A valve stuck at 10 bar and leaked.",
      "Replace the valve by 1 June",
      "The team trains again",
    ]);
  });

  test("returns a single line even if it is not a sentence", () => {
    expect(splitSentences("No findings")).toEqual(["No findings"]);
    expect(splitSentences(" \n ")).toEqual([]);
  });
});
