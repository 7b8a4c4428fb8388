// `npm run language [-- <path prefix>…]`: reports the words and phrases below in tracked and new text files.
// Options: --count prints the number of findings per rule, --root <folder> checks another git work tree.
// Accepted findings are listed in scripts/language-allow.json, each with a reason.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

const allowListFile = "scripts/language-allow.json";

/** Generated and third-party files, and files that must contain the words. */
const excluded = [
  /^package-lock\.json$/,
  /^samples\/.*\.txt$/,
  /\.(pem|png|svg|ico|gz|zip|db|bin|wasm)$/,
  /^scripts\/(check-language\.mjs|language-allow\.json)$/,
  /^test\/scripts\/check-language\.test\.ts$/,
  // Recorded from other programs.
  /(^|\/)(histories|recorded|snapshots)\/.*\.jsonl?$/,
];

/**
 * `word` is matched against each word of the prose and each part of an identifier or file name (`tellEnd`, `tell-of.ts`).
 * `phrase` is matched against the text; it also matches if a line break and a comment marker replace a space.
 * `unless` suppresses a finding if it matches the finding with the 24 characters before and the 100 characters after it.
 */
const rules = [
  { word: /^(tell|tells|telling|told)$/i, use: "report, return, name, notify" },
  { word: /^said$/i, use: "stated, sent, returned" },
  {
    phrase:
      /\b(?:say|says|saying) (?:that|so|what|whether|which|how|why|when|where|who|whose|nothing|it)\b/gi,
    use: "states, returns, reports",
  },
  { word: /^(whoever|nobody|anybody|everybody)$/i, use: "a concrete noun" },
  {
    phrase: /\bof (?:its|their|his|her|our|your|my) own\b/gi,
    use: "its own …, a separate …",
  },
  {
    phrase: /\b(?:held|hold|holds|holding) against\b/gi,
    use: "compared with",
  },
  { phrase: /\bby[ -]hand\b|\b[bB]yHand\b/g, use: "manually" },
  {
    phrase: /\b(?:is|are|was|were|be|been|being) had\b/gi,
    use: "exists, is available",
  },
  {
    phrase: /\b(?:come|comes|came|coming) out\b/gi,
    use: "results in, returns",
  },
  {
    phrase: /\b(?:is|are|was|were|be|been) there\b/gi,
    // Allows questions and conditions: "is there a newer version".
    unless: / there (?:an?|any|no|some|something|anything|enough|still)\b/i,
    use: "exists",
  },
  {
    phrase:
      /\bwhat (?:is|are|was|were|it|its|they|the|has|had|have|comes|came|failed)\b/gi,
    // Allows questions in documents and prompts.
    unless: /what (?:is|are|was|were|has|have) [^.|]*\?/i,
    use: "a concrete noun",
  },
  { phrase: /\b(?:take|takes|took|taken|taking) leave\b/gi, use: "ends" },
  { phrase: /\bwits['’]? end\b/gi, use: "the error itself" },
  { phrase: /\bin the night\b/gi, use: "outside working hours" },
  { phrase: /\bthe way of\b/gi, use: "how …, the lifecycle of …" },
  {
    phrase: /\bas (?:it|they) (?:is|are|was|were)\b/gi,
    // Allows verbs in the passive or progressive: "as it is written".
    unless:
      /as (?:it|they) (?:is|are|was|were) (?:\w+(?:ed|en|ing|wn|ade|ent|ept|old|lt)|put|set|read|done|not|still|always|never|also)\b/i,
    use: "unchanged",
  },
  { phrase: /\bat once\b/gi, use: "concurrently or immediately" },
  {
    word: /^places?$/i,
    unless:
      /(?:take|takes|took|taken|taking|in|decimal|one|same|single|first|two|three) places?\b|\bplaces? (?:the|an?|it|them|orders?)\b|\bto place\b/i,
    use: "entry, slot, token, location",
  },
  {
    word: /^worlds?$/i,
    unless: /hello[ ,_-]*world|["'`]world["'`]/i,
    use: "context, dependencies, environment",
  },
  { word: /^voices?$/i, use: "output" },
  {
    word: /^casts?$/i,
    unless: /(?:type|a|an|no|without) casts?\b|\bcasts? to\b/i,
    use: "function registry, stubs",
  },
  { word: /^courses?$/i, use: "cursor, sequence" },
  {
    // Allows the HTTP method POST and functions named `post`, but not classes and members with this name.
    phrase:
      /\b(?:the|by|in) post\b|\bPost\b|\bpost\.(?=[a-z])|#post\b|\bposts?Of\b/g,
    use: "outbox",
  },
  { word: /^beneath$/i, use: "below, base" },
  { word: /^(mend|mends|mended|mending)$/i, use: "repair" },
];

const words = rules.filter((rule) => rule.word);
const phrases = rules.filter((rule) => rule.phrase);

/** Splits words and identifiers into parts with their offsets: `tellEnd` → tell, End. */
function* partsOf(text) {
  for (const { 0: token, index: start } of text.matchAll(/[A-Za-z]+/g))
    for (const part of token.matchAll(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+/g))
      yield { part: part[0], at: start + part.index };
}

/** Replaces line breaks and the comment markers around them by spaces, keeping every offset. */
const flatten = (text) =>
  text.replace(/\s*\n[ \t]*(?:\*(?!\/)|\/\/|#+|>|')?[ \t]*/g, (gap) =>
    " ".repeat(gap.length),
  );

const isExcused = ({ unless }, text, at, length) =>
  unless?.test(
    text.slice(Math.max(0, at - 24), at + length + 100).replace(/\s+/g, " "),
  ) ?? false;

function findingsIn(text) {
  const flat = flatten(text);
  const found = [];
  for (const { part, at } of partsOf(text))
    for (const rule of words)
      if (rule.word.test(part) && !isExcused(rule, flat, at, part.length))
        found.push({ at, text: part, rule });
  for (const rule of phrases) {
    const pattern = new RegExp(
      rule.phrase.source.replaceAll(/(?<!\[) (?!-)/g, "\\s+"),
      rule.phrase.flags,
    );
    for (const match of flat.matchAll(pattern))
      if (!isExcused(rule, flat, match.index, match[0].length))
        found.push({
          at: match.index,
          text: match[0].replace(/\s+/g, " "),
          rule,
        });
  }
  return found.sort((a, b) => a.at - b.at);
}

/** Returns the findings in the path (line 0) and in the text of a file. */
function check(root, file) {
  const content = readFileSync(join(root, file), "utf8");
  if (content.includes("\0")) return [];
  const starts = [0];
  for (const { index } of content.matchAll(/\n/g)) starts.push(index + 1);
  const lines = content.split("\n");
  const lineAt = (at) => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle] <= at) low = middle;
      else high = middle - 1;
    }
    return low + 1;
  };
  return [
    ...findingsIn(file).map((finding) => ({ ...finding, file, line: 0 })),
    ...findingsIn(content).map((finding) => ({
      ...finding,
      file,
      line: lineAt(finding.at),
    })),
  ].map((finding) => ({
    ...finding,
    context: finding.line === 0 ? file : lines[finding.line - 1],
  }));
}

function main(args) {
  const counting = args.includes("--count");
  const rootAt = args.indexOf("--root");
  const root = rootAt === -1 ? process.cwd() : args[rootAt + 1];
  const prefixes = args
    .filter(
      (arg, i) =>
        arg !== "--count" &&
        !(rootAt !== -1 && (i === rootAt || i === rootAt + 1)),
    )
    .map((prefix) => prefix.replace(/^\.\//, "").replace(/^\.$/, ""));

  const files = execFileSync(
    "git",
    ["ls-files", "-z", "--cached", "--others", "--exclude-standard"],
    { cwd: root, encoding: "utf8", maxBuffer: 64 * 1024 * 1024 },
  )
    .split("\0")
    .filter(
      (file) =>
        file !== "" &&
        !excluded.some((pattern) => pattern.test(file)) &&
        (prefixes.length === 0 ||
          prefixes.some((prefix) => file.startsWith(prefix))) &&
        existsSync(join(root, file)),
    );
  const checked = new Set(files);

  const allowed = existsSync(join(root, allowListFile))
    ? JSON.parse(readFileSync(join(root, allowListFile), "utf8"))
    : [];
  const used = new Set();
  const findings = [...checked]
    .flatMap((file) => check(root, file))
    .filter(({ file, context }) => {
      const entry = allowed.find(
        (one) => one.file === file && context.includes(one.text),
      );
      if (entry) used.add(entry);
      return !entry;
    });
  const stale = allowed.filter(
    (entry) =>
      !used.has(entry) &&
      (checked.has(entry.file) || !existsSync(join(root, entry.file))),
  );

  if (counting) {
    const counts = new Map();
    for (const { text } of findings) {
      const key = text.toLowerCase();
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    for (const [key, count] of [...counts].sort((a, b) => b[1] - a[1]))
      console.log(`${String(count).padStart(5)}  ${key}`);
  } else
    for (const { file, line, text, rule } of findings)
      console.log(`${file}:${line}:${text}  (use: ${rule.use})`);
  for (const { file, text } of stale)
    console.log(
      `${allowListFile}: the entry for ${file} with the text "${text}" does not match any finding. Remove it.`,
    );
  if (findings.length + stale.length > 0) {
    console.log(
      `${findings.length} findings in ${new Set(findings.map(({ file }) => file)).size} of ${checked.size} files.`,
    );
    process.exitCode = 1;
  }
}

main(process.argv.slice(2));
