import { splitSentences } from "../../../src/catalog/offline/sentences";

describe("sentencesOf", () => {
  test("unwraps lines, and knows abbreviations and amounts", () => {
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

  test("takes points of lists one by one and leaves headings, labels and tables out", () => {
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

  test("keeps a text of a single line, whatever it looks like", () => {
    expect(splitSentences("No findings")).toEqual(["No findings"]);
    expect(splitSentences(" \n ")).toEqual([]);
  });
});
