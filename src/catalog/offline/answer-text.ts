import type { Material, Section } from "./material";
import { offlineNotice } from "../../models/offline/notice";
import { type Interest, keySentences, ranked } from "./rank";

export interface Wanted {
  readonly interest: Interest;
  /** Sentences to quote: of each section in a report, otherwise in all. */
  readonly count: number;
}

/** A list of key sentences, or a report section by section when the material has several. */
export function answerText(material: Material, wanted: Wanted): string {
  const body =
    material.sections.length > 1
      ? report(material, wanted)
      : bullets(allKeySentences(material, wanted));
  return [
    offlineNotice,
    "",
    ...(body.length > 0 ? body : [nothingToQuote]),
  ].join("\n");
}

const nothingToQuote = "The material holds no sentence to quote.";

export const allKeySentences = (
  { sections }: Material,
  { interest, count }: Wanted,
): readonly string[] =>
  keySentences(
    sections.flatMap((section) => section.sentences),
    interest,
    count,
  );

function report(material: Material, wanted: Wanted): readonly string[] {
  const sections = material.sections.map((section) => ({
    ...section,
    sentences: keySentences(section.sentences, wanted.interest, wanted.count),
  }));
  const title = material.title === undefined ? [] : [`# ${material.title}`, ""];
  return [
    ...title,
    ...sections.flatMap((section) => [
      ...(section.title === "" ? [] : [`## ${section.title}`, ""]),
      ...bullets(section.sentences.map((sentence) => cited(section, sentence))),
      "",
    ]),
    ...closing(
      sections.filter((section) => section.isSource),
      wanted,
    ),
  ];
}

/** The strongest sentence of each source, strongest first. */
function closing(
  sources: readonly Section[],
  { interest, count }: Wanted,
): readonly string[] {
  if (sources.length === 0) return [];
  const best = new Map<string, Section>();
  for (const source of sources)
    for (const sentence of ranked(source.sentences, interest, 1))
      if (!best.has(sentence)) best.set(sentence, source);
  const quoted = sources.reduce((sum, each) => sum + each.sentences.length, 0);
  return [
    "## In brief",
    "",
    `${quoted} key sentences from ${sources.length} sources. By rank, the first of them say:`,
    "",
    ...bullets(
      ranked([...best.keys()], interest, count).map(
        (sentence) => `“${sentence}” (${best.get(sentence)?.title ?? ""})`,
      ),
    ),
  ];
}

const cited = (section: Section, sentence: string): string =>
  section.isSource ? `“${sentence}”` : sentence;

const bullets = (lines: readonly string[]): readonly string[] =>
  lines.map((line) => `- ${line}`);
