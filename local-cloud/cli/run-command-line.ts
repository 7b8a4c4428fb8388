import { exitProcess } from "../shared/process/exit-process";
import { formatError, UsageError } from "./output";

type Command = (argv: readonly string[]) => Promise<void>;

/** A program with a command per name. */
export interface CommandLine {
  readonly program: string;
  /** Each command is imported when it runs. */
  readonly commands: Readonly<Record<string, () => Promise<Command>>>;
  /** Runs without arguments or when the first argument is an option. */
  readonly defaultCommand?: string;
}

/** Runs the command and ends the process: with 0 on success, otherwise with 1 and the problem on stderr. */
export function runCommandLine(commandLine: CommandLine): void {
  runNamedCommand(commandLine, process.argv.slice(2)).then(
    () => {
      exitProcess(0);
    },
    (error: unknown) => {
      process.stderr.write(`${formatError(error)}\n`);
      exitProcess(1);
    },
  );
}

async function runNamedCommand(
  { program, commands, defaultCommand }: CommandLine,
  argv: readonly string[],
): Promise<void> {
  const versionProblem = findNodeVersionProblem(program, process.versions.node);
  if (versionProblem !== undefined)
    throw Object.assign(new Error(versionProblem), {
      code: "node_version_unsupported",
    });
  const [first = ""] = argv;
  const isDefault = argv.length === 0 || first.startsWith("-");
  const name = isDefault ? defaultCommand : first;
  const load =
    name !== undefined && Object.hasOwn(commands, name)
      ? commands[name]
      : undefined;
  if (load === undefined)
    throw new UsageError(
      argv.length === 0 ? "Name a command." : `There is no command '${first}'.`,
      `The commands are: ${Object.keys(commands).join(", ")}.`,
    );
  const command = await load();
  await command(isDefault ? argv : argv.slice(1));
}

/** Error message when the version of Node.js is older than 20.19; otherwise undefined. */
function findNodeVersionProblem(
  program: string,
  version: string,
): string | undefined {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return undefined;
  return `${program} needs Node.js 20.19 or later, and this is ${version}: install a newer version from https://nodejs.org.`;
}
