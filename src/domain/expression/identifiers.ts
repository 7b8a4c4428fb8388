/** What expressions may name besides the variables of a `map`. */
export const scopeRoots: ReadonlySet<string> = new Set([
  "input",
  "steps",
  "orchestration",
]);

/** Names that CEL itself gives a meaning; `type(x) == string` is not about a variable called `string`. */
export const celTypeNames: ReadonlySet<string> = new Set(
  "bool int uint double string bytes list map null_type type".split(" "),
);

const reservedWords: ReadonlySet<string> = new Set(
  (
    "true false null in as break const continue else for function if import " +
    "let loop package namespace return var void while"
  ).split(" "),
);

/** Whether `steps.<id>` and a variable of that name can be written in CEL. */
export const isCelIdentifier = (name: string): boolean =>
  /^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name) && !reservedWords.has(name);
