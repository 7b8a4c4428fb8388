/** What makes a sentence worth quoting. */
export interface Interest {
  /** Words that the agent's script names; the beginning of a word is enough. */
  readonly about: readonly string[];
  /** Words of the question; they weigh less. */
  readonly asked: readonly string[];
}

const month = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*";
/** Facts that can be checked, and what each adds. */
const features: readonly (readonly [RegExp, number])[] = [
  [/[$€£¥]\s?\d|\b(?:USD|EUR|GBP|CHF)\s?\d|\d\s?(?:USD|EUR|GBP|CHF)\b/, 2],
  [
    new RegExp(
      `\\b\\d{4}-\\d{2}-\\d{2}\\b|\\d\\s+${month}\\b|\\b${month}\\s+\\d`,
    ),
    2,
  ],
  [/\d\s?(?:%|per ?cent)/, 1],
  [/\d/, 1],
];

const wordsOf = (text: string): readonly string[] =>
  text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];

const matches = (words: readonly string[], wanted: readonly string[]): number =>
  wanted.filter((stem) => words.some((word) => word.startsWith(stem))).length;

function scoreOf(sentence: string, interest: Interest): number {
  const words = wordsOf(sentence);
  const facts = features
    .filter(([pattern]) => pattern.test(sentence))
    .reduce((sum, [, weight]) => sum + weight, 0);
  return (
    3 * matches(words, interest.about) +
    Math.min(2, matches(words, interest.asked)) +
    facts -
    penaltyOf(sentence, words.length)
  );
}

/** Fragments and openings of lists say too little, monsters too much. */
function penaltyOf(sentence: string, words: number): number {
  if (words < 6 || sentence.endsWith(":")) return 4;
  return words > 50 ? 2 : 0;
}

/** Words of a question that are long enough to mean something. */
export const askedWords = (question: string): readonly string[] => [
  ...new Set(wordsOf(question).filter((word) => word.length > 4)),
];

/** At most `count` sentences, best first, none that repeats a better one; the earlier wins a tie. */
export function ranked(
  sentences: readonly string[],
  interest: Interest,
  count: number,
): readonly string[] {
  const lower: Interest = {
    about: interest.about.map((word) => word.toLowerCase()),
    asked: interest.asked,
  };
  const byScore = sentences
    .map((sentence) => ({ sentence, score: scoreOf(sentence, lower) }))
    .sort((a, b) => b.score - a.score); // stable, so ties keep their order
  const chosen: string[] = [];
  for (const { sentence } of byScore) {
    if (chosen.length >= count) break;
    if (!chosen.some((other) => saysTheSame(sentence, other)))
      chosen.push(sentence);
  }
  return chosen;
}

/** Four fifths of the words in common. */
function saysTheSame(one: string, other: string): boolean {
  const a = new Set(wordsOf(one));
  const b = new Set(wordsOf(other));
  const shared = [...a].filter((word) => b.has(word)).length;
  return shared >= 0.8 * (a.size + b.size - shared);
}

/** The chosen sentences in the order in which they were written, in which they read better. */
export function keySentences(
  sentences: readonly string[],
  interest: Interest,
  count: number,
): readonly string[] {
  const chosen = new Set(ranked(sentences, interest, count));
  return [...new Set(sentences)].filter((sentence) => chosen.has(sentence));
}
