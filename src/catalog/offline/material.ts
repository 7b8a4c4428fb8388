import type { Json } from "../../domain/payload";
import { removeOfflineNotice } from "../../models/offline/notice";
import { splitSentences } from "./sentences";

/** A part of what the model was given. */
export interface Section {
  readonly title: string;
  readonly sentences: readonly string[];
  /** Whether the title names a source (a document, say), so that its sentences are quotations. */
  readonly isSource: boolean;
}

export interface Material {
  /** The first top-level heading of the prompt, for reports. */
  readonly title: string | undefined;
  readonly sections: readonly Section[];
}

/** What there is to quote from: the results of tools when there are any, otherwise the prompt. */
export const materialOf = (
  prompt: string,
  results: readonly Json[],
): Material => ({
  title: /^#\s+(.+)$/m.exec(prompt)?.[1]?.trim(),
  sections: merged(
    results.length > 0
      ? results.flatMap((result) => fromJson(result, untitled))
      : fromPrompt(prompt),
  ),
});

interface Heading {
  readonly title: string;
  readonly isSource: boolean;
}
const untitled: Heading = { title: "", isSource: false };

/** In a prompt with headings the text before the first one is the task, which nobody wants quoted. */
function fromPrompt(prompt: string): readonly Section[] {
  const [task = "", ...parts] = prompt.split(/^(?=#{1,6}\s)/m);
  const headed = parts.flatMap((part) => {
    const [line = "", ...body] = part.split("\n");
    const title = line.replace(/^#+\s*/, "").trim();
    return fromText(body.join("\n"), { title, isSource: false });
  });
  return headed.length > 0 ? headed : fromText(task, untitled);
}

/** Values that a template put into the text are JSON on lines of their own; the rest is prose. */
function fromText(text: string, heading: Heading): readonly Section[] {
  const prose: string[] = [];
  const values: Json[] = [];
  for (const line of removeOfflineNotice(text).split("\n")) {
    const value = parsedValue(line);
    if (value === undefined) prose.push(line);
    else values.push(value);
  }
  return [
    ...section(heading, splitSentences(prose.join("\n"))),
    ...values.flatMap((value) => fromJson(value, heading)),
  ];
}

function parsedValue(line: string): Json | undefined {
  if (!/^\s*[[{]/.test(line)) return undefined;
  try {
    return JSON.parse(line) as Json;
  } catch {
    return undefined; // a line of prose that begins with a bracket
  }
}

function fromJson(value: Json, heading: Heading): readonly Section[] {
  if (typeof value === "string")
    return section(heading, splitSentences(removeOfflineNotice(value)));
  if (isList(value)) return value.flatMap((item) => fromJson(item, heading));
  if (value === null || typeof value !== "object") return [];
  const named = titleOf(value);
  const inner =
    named === undefined ? heading : { title: named.title, isSource: true };
  return Object.entries(value)
    .filter(([field]) => field !== named?.field)
    .flatMap(([, item]) => fromJson(item, inner));
}

function titleOf(value: Readonly<Record<string, Json>>) {
  for (const field of titleFields) {
    const title = value[field];
    if (typeof title === "string") return { field, title };
  }
  return undefined;
}

/** Fields that name what an object is about. */
export const titleFields: readonly string[] = ["document", "title", "name"];

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);

const section = (
  heading: Heading,
  sentences: readonly string[],
): readonly Section[] =>
  sentences.length === 0 ? [] : [{ ...heading, sentences }];

/** Sections of the same title become one, where the first of them stood. */
function merged(sections: readonly Section[]): readonly Section[] {
  const byTitle = new Map<string, Section>();
  for (const each of sections) {
    const before = byTitle.get(each.title)?.sentences ?? [];
    byTitle.set(each.title, {
      ...each,
      sentences: [...new Set([...before, ...each.sentences])],
    });
  }
  return [...byTitle.values()];
}
