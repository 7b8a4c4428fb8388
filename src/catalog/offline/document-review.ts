/** Scripts of the offline model for the agents of the document review: they quote the documents by rule. */
import { isJsonArray, isJsonObject } from "../../domain/json";
import type { Json } from "../../domain/payload";
import {
  offlineNotice,
  type OfflineScript,
  type OfflineScripts,
} from "../../models/offline/offline-model";
import { rankSentences, selectQuotes } from "./select-quotes";

const quotesPerDocument = 3;
const quotesInBrief = 4;

/** Plans with the rules of the prompt, which are a list. */
const planner: OfflineScript = ({ prompt }) => ({
  answer: {
    steps: [...prompt.matchAll(/^- (.+)$/gm)].map(([, rule = ""]) => rule),
    summary: `${offlineNotice} The plan follows the rules of the review.`,
  },
});

/** Reads the document that the first line of the prompt names, then quotes it. */
const reader: OfflineScript = ({ prompt, results }) => {
  const [document = ""] = prompt.split("\n");
  const [result] = results.flat();
  if (result === undefined)
    return {
      toolCalls: [{ tool: "readDocument", arguments: { name: document } }],
    };
  const text = stringIn(result, "text");
  const findings = selectQuotes(text, quotesPerDocument);
  const [best = "The document has no sentence to quote."] = rankSentences(
    findings,
    1,
  );
  return {
    answer: { document, findings, summary: `${offlineNotice} ${best}` },
  };
};

/** Writes the plan and the findings, which the prompt contains as lines of JSON, as a report in Markdown. */
const writer: OfflineScript = ({ prompt }) => {
  const values = prompt.split("\n").flatMap(parseJsonLine);
  if (values.length === 0)
    return { answer: toList(selectQuotes(prompt, quotesPerDocument)) };
  const documents = values
    .filter(isJsonArray)
    .flat()
    .map((value) => ({
      name: stringIn(value, "document"),
      quotes: stringsIn(value, "findings"),
    }));
  const sections = [
    /^# .+$/m.exec(prompt)?.[0] ?? "# Report",
    `## Plan\n\n${toList(values.flatMap((value) => stringsIn(value, "steps")))}`,
    ...documents.map(
      ({ name, quotes }) => `## ${name}\n\n${toList(quotes.map(toQuotation))}`,
    ),
    `## In brief\n\n${toList(bestQuotes(documents))}`,
  ];
  return { answer: sections.join("\n\n") };
};

interface DocumentFindings {
  readonly name: string;
  readonly quotes: readonly string[];
}

/** The best quotes, at most one of each document, best first. */
function bestQuotes(documents: readonly DocumentFindings[]): readonly string[] {
  const sources = new Map(
    documents.flatMap(({ name, quotes }) =>
      rankSentences(quotes, 1).map((quote) => [quote, name] as const),
    ),
  );
  return rankSentences([...sources.keys()], quotesInBrief).map(
    (quote) => `${toQuotation(quote)} (${sources.get(quote) ?? ""})`,
  );
}

const toList = (items: readonly string[]): string =>
  items.map((item) => `- ${item}`).join("\n");

const toQuotation = (sentence: string): string => `“${sentence}”`;

function parseJsonLine(line: string): readonly Json[] {
  if (!/^\s*[[{]/.test(line)) return [];
  try {
    return [JSON.parse(line) as Json];
  } catch {
    return []; // prose that begins with a bracket
  }
}

function stringIn(value: Json, field: string): string {
  const text = isJsonObject(value) ? value[field] : undefined;
  return typeof text === "string" ? text : "";
}

function stringsIn(value: Json, field: string): readonly string[] {
  const list = isJsonObject(value) ? value[field] : undefined;
  return Array.isArray(list) ? list.map(String) : [];
}

export const offlineScripts: OfflineScripts = { planner, reader, writer };
