import { parseArgs, type ParseArgsConfig } from "node:util";
import { errorMessage } from "../shared/error-message";

/** The arguments of a command are wrong; `usage` explains the command. */
export class UsageError extends Error {
  override readonly name = "UsageError";
  readonly usage: string;

  constructor(message: string, usage: string) {
    super(message);
    this.usage = usage;
  }
}

/** Writes to stdout, which carries results only: problems and logs go to stderr. */
export const printLine = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

/** The message of an error with a `code` is written for users; any other error is a defect and is printed with its stack. */
export function formatError(error: unknown): string {
  if (error instanceof UsageError) return `${error.message}\n\n${error.usage}`;
  if (!(error instanceof Error)) return String(error);
  const isForUsers = "code" in error && typeof error.code === "string";
  return isForUsers ? error.message : (error.stack ?? error.message);
}

type OptionsConfig = NonNullable<ParseArgsConfig["options"]>;
type ParsedValues<Options extends OptionsConfig> = ReturnType<
  typeof parseArgs<{ options: Options }>
>["values"];

/** Undefined when help was requested, which is then printed. Throws `UsageError`. */
export function parseCommandLine<const Options extends OptionsConfig>(
  argv: readonly string[],
  usage: string,
  options: Options,
): ParsedValues<Options> | undefined {
  const help = { type: "boolean", short: "h" } as const;
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: { ...options, help },
    });
    if (!("help" in values)) return values;
  } catch (error) {
    const message = errorMessage(error);
    throw new UsageError(message, usage);
  }
  printLine(usage);
  return undefined;
}

/** Throws `UsageError`. */
export function parsePort(
  text: string,
  usage: string,
  option = "--port",
): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : NaN;
  if (port <= 65_535) return port;
  throw new UsageError(
    `${option} ${text} is not a port: use a number from 0 to 65535.`,
    usage,
  );
}

/** Undefined when the option was not given. Throws `UsageError`. */
export const parseServiceBusPort = (
  text: string | undefined,
  usage: string,
): number | undefined =>
  text === undefined ? undefined : parsePort(text, usage, "--service-bus-port");
