/** How the commands speak: results on stdout; problems on stderr, what happened first and then what to do. */

/** The command was called wrongly; `usage` says how to call it. */
export class UsageError extends Error {
  readonly usage: string;

  constructor(message: string, usage: string) {
    super(message);
    this.usage = usage;
  }
}

export const printLine = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

/** Errors that were made for people carry a code; of others the stack is worth more than the sentence. */
export function formatError(error: unknown): string {
  if (error instanceof UsageError) return `${error.message}\n\n${error.usage}`;
  if (!(error instanceof Error)) return String(error);
  const isForPeople = "code" in error && typeof error.code === "string";
  return isForPeople ? error.message : (error.stack ?? error.message);
}

/** What `parse` gives; what it cannot make sense of becomes a `UsageError`. */
export function parseOrUsageError<Parsed>(
  usage: string,
  parse: () => Parsed,
): Parsed {
  try {
    return parse();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new UsageError(message, usage);
  }
}
