import { relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import { portNumber } from "./host";
import { defaultData, projectFolder, startLocalCloud } from "./local-cloud";
import { runUntilStopped } from "./run-until-stopped";
import { parsedOrUsage, say } from "./voice";

const usage = `Starts AOS with everything it needs on this machine, until Ctrl-C: npm start

  --port <n>       the port to listen on; 0 picks a free one (default: 7071)
  --data <folder>  where orchestrations are kept (default: .aos)
  --auth           ask for function keys
  --verbose        log what the host does`;

/** Keeps the local cloud up until it is told to stop. */
export async function runStart(argv: readonly string[]): Promise<void> {
  const { values } = parsedOrUsage(usage, () =>
    parseArgs({
      args: [...argv],
      options: {
        port: { type: "string" },
        data: { type: "string" },
        auth: { type: "boolean", default: false },
        verbose: { type: "boolean", default: false },
        help: { type: "boolean", short: "h" },
      },
    }),
  );
  if (values.help) {
    say(usage);
    return;
  }
  const port = portNumber(values.port, usage);
  const data = resolve(values.data ?? defaultData);
  await runUntilStopped(async (own) => {
    const host = await startLocalCloud(own, {
      app: projectFolder,
      storage: "always",
      port,
      data,
      auth: values.auth,
      verbosity: values.verbose ? "verbose" : "normal",
    });
    say(welcome(host.url, data, values.auth));
  });
}

const welcome = (url: string, data: string, auth: boolean): string => `
AOS runs agent workflows on this machine. Stop it with Ctrl-C; what is under way goes on at the next start.

Listening on ${url}
  API    ${url}/api/orchestrations
  Health ${url}/api/health/ready
  Data   ${relative(projectFolder, data) || data}${auth ? " (keys.json in it holds the keys that callers need)" : ""}

Start a workflow:

  curl -s ${url}/api/orchestrations -H 'content-type: application/json' -d '{"workflow":"document-review"}'
`;
