/** Starts a list item: a bullet, `(a)`, `4.` or `4.2`. */
const marker = /^(?:[-*•]|\([a-z]\)|\d{1,2}[.)]|\d+(?:\.\d+)+\.?)\s+/;
/** Starts a line such as `Date: 12 March 2025` or `**Parties:** …`. */
const label = /^(?:\*\*)?[A-Z][\w /()-]{0,30}:/;
/** An empty line, a Markdown heading, a table row or a rule. */
const separator = /^(?:$|#{1,6}\s|\||[-=*_]{3,}\s*$)/;
/** A heading in capitals. Within a paragraph such a line starts with an amount, for example `EUR 4,000`. */
const capitals = /^[^\p{Ll}]*\p{Lu}{3,}[^\p{Ll}]*$/u;
const sentenceEnd = /[.!?;]["”’)\]]*$/;
/** Abbreviations whose full stop does not end a sentence. */
const abbreviation =
  /(?:^|[\s(])(?:[A-Z]|Ltd|Inc|Corp|Co|No|Nos|Mr|Mrs|Ms|Dr|St|Art|Sec|Cl|Fig|vs|cf|approx|e\.g|i\.e)\.$/;

interface Paragraph {
  readonly lines: string[];
  readonly isListItem: boolean;
}

/** The sentences of a text in order, without line breaks; headings, labels and tables are left out. */
export function splitSentences(text: string): readonly string[] {
  const paragraphs = splitParagraphs(text).map(({ lines, isListItem }) => ({
    text: lines.join(" ").replace(/\s+/g, " "),
    isListItem,
  }));
  return paragraphs
    .filter(
      (each) =>
        paragraphs.length === 1 ||
        !isLabel(each.text) ||
        (each.isListItem && wordCount(each.text) >= 4),
    )
    .flatMap((each) => splitAtFullStops(each.text));
}

function splitParagraphs(text: string): readonly Paragraph[] {
  const paragraphs: Paragraph[] = [];
  let open: Paragraph | undefined;
  for (const line of text.split("\n").map((raw) => raw.trim())) {
    if (isSkipped(line, open)) {
      open = undefined;
      continue;
    }
    const isListItem = marker.test(line);
    const startsLabel = label.test(line);
    if (isListItem || startsLabel || isHeading(open, line)) open = undefined;
    open ??= startParagraph(paragraphs, isListItem);
    open.lines.push(line.replace(marker, ""));
    if (startsLabel && isLabel(line)) open = undefined;
  }
  return paragraphs;
}

const isSkipped = (line: string, open: Paragraph | undefined): boolean =>
  separator.test(line) || (open === undefined && capitals.test(line));

function startParagraph(paragraphs: Paragraph[], isListItem: boolean) {
  const paragraph: Paragraph = { lines: [], isListItem };
  paragraphs.push(paragraph);
  return paragraph;
}

/** Whether the open paragraph is a heading above `next`: wrapped lines are longer. */
const isHeading = (open: Paragraph | undefined, next: string): boolean =>
  open?.lines.length === 1 &&
  open.lines.every((line) => line.length < 40 && /[^.!?;,]$/.test(line)) &&
  /^["“(]?\p{Lu}/u.test(next);

const isLabel = (text: string): boolean =>
  !sentenceEnd.test(text) && wordCount(text) < 12;

const wordCount = (text: string): number => text.split(" ").length;

function splitAtFullStops(text: string): readonly string[] {
  const sentences: string[] = [];
  for (const part of text.split(/(?<=[.!?]["”’)\]]*)\s+(?=["“‘([]?[A-Z0-9])/)) {
    const last = sentences.at(-1);
    if (last !== undefined && abbreviation.test(last))
      sentences.splice(-1, 1, `${last} ${part}`);
    else sentences.push(part);
  }
  return sentences;
}
