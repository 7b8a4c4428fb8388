/** Root identifiers of every scope. A `map` step adds its variables. */
export const scopeRoots: ReadonlySet<string> = new Set([
  "input",
  "steps",
  "orchestration",
]);

/** Types that CEL declares: in `type(x) == string`, `string` is not a variable. */
export const celTypeNames: ReadonlySet<string> = new Set(
  "bool int uint double string bytes list map null_type type".split(" "),
);

const reservedWords: ReadonlySet<string> = new Set(
  (
    "true false null in as break const continue else for function if import " +
    "let loop package namespace return var void while"
  ).split(" "),
);

/** Whether the name can be used as a variable and in `steps.<id>`. */
export const isCelIdentifier = (name: string): boolean =>
  /^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name) && !reservedWords.has(name);
