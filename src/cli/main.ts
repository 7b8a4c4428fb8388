import { runBroker } from "./broker";
import { runDemo } from "./demo";
import { runHost } from "./host";
import { runStart } from "./start";
import { problemText, UsageError } from "./voice";

const commands: Readonly<
  Record<string, (argv: readonly string[]) => Promise<void>>
> = { broker: runBroker, demo: runDemo, host: runHost, start: runStart };

async function main([name = "", ...argv]: readonly string[]): Promise<void> {
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined)
    throw new UsageError(
      `There is no command '${name}'.`,
      `The commands are: ${Object.keys(commands).join(", ")}.`,
    );
  await command(argv);
}

// What an app leaves unhandled is told, and the host lives on.
process.on("unhandledRejection", (reason) => {
  process.stderr.write(`unhandled rejection: ${problemText(reason)}\n`);
});

main(process.argv.slice(2)).then(
  () => {
    process.exit(0);
  },
  (error: unknown) => {
    process.stderr.write(`${problemText(error)}\n`);
    process.exit(1);
  },
);
