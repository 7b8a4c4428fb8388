/** Opens a line that begins a statement of its own: a bullet, `(a)`, `4.` or `4.2`. */
const marker = /^(?:[-*•]|\([a-z]\)|\d{1,2}[.)]|\d+(?:\.\d+)+\.?)\s+/;
/** A line such as `Date: 12 March 2025` or `**Parties:** …`. */
const field = /^(?:\*\*)?[A-Z][\w /()-]{0,30}:/;
/** Lines that carry no statement: headings, rules and table rows. */
const furniture = /^(?:#{1,6}\s|\||[-=*_]{3,}\s*$)/;
/** A heading in capitals. Inside a paragraph it is a line that begins with an amount, such as `EUR 4,000`. */
const capitals = /^[^\p{Ll}]*\p{Lu}{3,}[^\p{Ll}]*$/u;
const endOfSentence = /[.!?;]["”’)\]]*$/;
/** Abbreviations whose full stop ends no sentence. */
const abbreviation =
  /(?:^|[\s(])(?:[A-Z]|Ltd|Inc|Corp|Co|No|Nos|Mr|Mrs|Ms|Dr|St|Art|Sec|Cl|Fig|vs|cf|approx|e\.g|i\.e)\.$/;

interface Block {
  readonly text: string;
  readonly marked: boolean;
}

/** The statements of a text in their order, unwrapped; headings, labels and tables are left out. */
export function splitSentences(text: string): readonly string[] {
  const blocks = blocksOf(text);
  // A text that is nothing but one line is a statement, whatever it looks like.
  const statements = blocks.length > 1 ? blocks.filter(isStatement) : blocks;
  return statements.flatMap((block) => splitBlock(block.text));
}

function blocksOf(text: string): readonly Block[] {
  const blocks: Block[] = [];
  let open: string[] = [];
  let marked = false;
  const close = (): void => {
    if (open.length > 0) blocks.push({ text: open.join(" "), marked });
    open = [];
    marked = false;
  };
  for (const line of text.split(/\r?\n/).map((raw) => raw.trim())) {
    const kind = kindOf(line, open.length > 0);
    if (kind !== "text" || isTitled(open, line)) close();
    if (kind === "nothing") continue;
    open.push(line.replace(marker, ""));
    marked ||= kind === "item";
    if (kind === "field" && isLabel(line)) close();
  }
  close();
  return blocks.map((block) => ({
    ...block,
    text: block.text.replace(/\s+/g, " "),
  }));
}

function kindOf(
  line: string,
  inBlock: boolean,
): "nothing" | "item" | "field" | "text" {
  if (line === "" || furniture.test(line)) return "nothing";
  if (!inBlock && capitals.test(line)) return "nothing";
  if (marker.test(line)) return "item";
  return field.test(line) ? "field" : "text";
}

/** Whether all there is of the block is a heading of this line: no wrapped line is that short. */
const isTitled = (open: readonly string[], line: string): boolean =>
  open.length === 1 &&
  open.every((title) => title.length < 40 && /[^.!?;,]$/.test(title)) &&
  /^["“(]?\p{Lu}/u.test(line);

const isLabel = (text: string): boolean =>
  !endOfSentence.test(text) && wordCount(text) < 12;

const wordCount = (text: string): number => text.split(" ").length;

/** Tells a statement from a label such as `Payment` or `Date: 12 March 2025`. */
const isStatement = ({ text, marked }: Block): boolean =>
  !isLabel(text) || (marked && wordCount(text) >= 4);

function splitBlock(text: string): readonly string[] {
  const sentences: string[] = [];
  for (const part of text.split(/(?<=[.!?]["”’)\]]*)\s+(?=["“‘([]?[A-Z0-9])/)) {
    const last = sentences.at(-1);
    if (last !== undefined && abbreviation.test(last))
      sentences.splice(-1, 1, `${last} ${part}`);
    else sentences.push(part);
  }
  return sentences;
}
