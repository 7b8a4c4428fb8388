import { formatError, UsageError } from "./output";

type Command = (argv: readonly string[]) => Promise<void>;

/**
 * Runs the command that the first argument names, or `defaultCommand` when it names none, and ends the process: with 0 on
 * success, with 1 and the problem on stderr otherwise.
 */
export function runCommandLine(
  commands: Readonly<Record<string, Command>>,
  defaultCommand?: string,
): void {
  // The host goes on after an unhandled rejection in the app.
  process.on("unhandledRejection", (reason) => {
    process.stderr.write(`Unhandled rejection: ${formatError(reason)}\n`);
  });
  runNamedCommand(commands, defaultCommand, process.argv.slice(2)).then(
    () => {
      process.exit(0);
    },
    (error: unknown) => {
      process.stderr.write(`${formatError(error)}\n`);
      process.exit(1);
    },
  );
}

async function runNamedCommand(
  commands: Readonly<Record<string, Command>>,
  defaultCommand: string | undefined,
  argv: readonly string[],
): Promise<void> {
  const [first = ""] = argv;
  const isOption = first === "" || first.startsWith("-");
  const name = isOption ? defaultCommand : first;
  const command =
    name !== undefined && Object.hasOwn(commands, name)
      ? commands[name]
      : undefined;
  if (command === undefined)
    throw new UsageError(
      first === "" ? "Name a command." : `There is no command "${first}".`,
      `The commands are: ${Object.keys(commands).join(", ")}.`,
    );
  await command(isOption ? argv : argv.slice(1));
}
