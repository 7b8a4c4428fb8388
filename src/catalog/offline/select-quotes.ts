import { splitSentences } from "./sentences";

const month = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*";
/** Amounts, dates and other figures, with the score that each adds to a sentence. */
const features: readonly (readonly [RegExp, number])[] = [
  [/[$€£¥]\s?\d|\b(?:USD|EUR|GBP|CHF)\s?\d|\d\s?(?:USD|EUR|GBP|CHF)\b/, 2],
  [new RegExp(`\\d{4}-\\d{2}-\\d{2}|\\d\\s+${month}\\b|\\b${month}\\s+\\d`), 2],
  [/\d/, 1],
];
/** Beginnings of words that make a sentence of a contract or an incident report worth quoting. */
const keywords =
  /\b(?:shall|must|obligat|terminat|liab|penalt|renew|caus|impact|fail|because)/gi;

/** The `count` sentences with the highest scores, highest first; equal scores keep the order of the text. */
export const rankSentences = (
  sentences: readonly string[],
  count: number,
): readonly string[] =>
  [...new Set(sentences)]
    .map((sentence) => ({ sentence, score: scoreSentence(sentence) }))
    .sort((a, b) => b.score - a.score)
    .slice(0, count)
    .map(({ sentence }) => sentence);

/** Key sentences of a text in the order of the text, word for word. */
export function selectQuotes(text: string, count: number): readonly string[] {
  const sentences = [...new Set(splitSentences(text))];
  const chosen = new Set(rankSentences(sentences, count));
  return sentences.filter((sentence) => chosen.has(sentence));
}

function scoreSentence(sentence: string): number {
  const words = sentence.split(" ").length;
  const figures = features
    .filter(([pattern]) => pattern.test(sentence))
    .reduce((sum, [, score]) => sum + score, 0);
  const found = new Set(sentence.toLowerCase().match(keywords));
  const isFragment = words < 6 || sentence.endsWith(":");
  return 3 * found.size + figures - (isFragment ? 4 : 0) - (words > 50 ? 2 : 0);
}
