import { spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";

const program = `
  const { startBroker } = require(process.env.BROKER_MODULE);
  startBroker({ ...JSON.parse(process.env.BROKER_OPTIONS), log: () => {} }).then(
    ({ connectionString, port }) => console.log(JSON.stringify({ connectionString, port })),
    (error) => { console.error(error); process.exit(1); },
  );
  process.on("disconnect", () => process.exit());
`;

export interface BrokerProcess extends AsyncDisposable {
  readonly connectionString: string;
  readonly port: number;
  /** Ends it without warning, as a crash does. */
  kill(): Promise<void>;
}

/** The built broker in a process of its own; it ends with this one. */
export async function startBrokerProcess(options: {
  readonly entities: unknown;
  readonly port: number;
  readonly dataFolder: string;
}): Promise<BrokerProcess> {
  const child = spawn(process.execPath, ["-e", program], {
    stdio: ["ignore", "pipe", "inherit", "ipc"],
    env: {
      ...process.env,
      BROKER_MODULE: resolve("local-cloud/dist/service-bus/broker"),
      BROKER_OPTIONS: JSON.stringify(options),
    },
  });
  const exited = once(child, "exit");
  const said = new Promise<string>((tell, fail) => {
    child.stdout?.once("data", (line: Buffer) => {
      tell(line.toString("utf8"));
    });
    void exited.then(() => {
      fail(new Error("The broker ended before it listened."));
    });
  });
  const { connectionString, port } = JSON.parse(await said) as {
    connectionString: string;
    port: number;
  };
  // A test that fails may leave it running; that should not keep the tests from ending, and then it ends too.
  child.unref();
  child.channel?.unref();
  child.stdout?.destroy();
  const kill = async (): Promise<void> => {
    child.kill("SIGKILL");
    await exited;
  };
  return { connectionString, port, kill, [Symbol.asyncDispose]: kill };
}
