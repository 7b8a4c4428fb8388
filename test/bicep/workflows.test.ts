import { existsSync, readFileSync } from "node:fs";
import { globSync } from "tinyglobby";
import { parse } from "yaml";

const paths = globSync([".github/**/*.yml", "azure.yaml", "ps-rule.yaml"], {
  dot: true,
}).sort();

interface Step {
  readonly uses?: string;
  readonly run?: string;
}
interface Job {
  readonly steps: readonly Step[];
  readonly permissions?: Readonly<Record<string, string>>;
  readonly environment?: string;
  readonly ["timeout-minutes"]?: number;
  readonly strategy?: {
    readonly matrix: Readonly<Record<string, readonly unknown[]>>;
  };
}
interface Workflow {
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}
const readWorkflow = (name: string): Workflow =>
  parse(readFileSync(`.github/workflows/${name}.yml`, "utf8")) as Workflow;

describe.each(paths)("%s", (path) => {
  const text = readFileSync(path, "utf8");

  test("is valid YAML", () => {
    expect(parse(text)).toEqual(expect.any(Object));
  });

  test("pins every action to a commit, with the version in a comment", () => {
    const uses = [...text.matchAll(/^\s*(?:- )?uses: (.+)$/gm)]
      .map(([, action = ""]) => action)
      .filter((action) => !action.startsWith("./"));
    expect(
      uses.filter(
        (action) =>
          !/^[\w.-]+\/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(action),
      ),
    ).toEqual([]);
  });

  test("runs only npm scripts that exist", () => {
    const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as {
      readonly scripts: Readonly<Record<string, string>>;
    };
    const run = [...text.matchAll(/npm run ([\w:-]+)/g)].map(
      ([, name = ""]) => name,
    );
    expect(run.filter((name) => !(name in scripts))).toEqual([]);
  });

  test("passes no untrusted input to a shell", () => {
    const commands = [...text.matchAll(/run: [^]*?(?=\n\s*(?:- |\w+:|$))/g)];
    expect(
      commands.filter(([command]) => command.includes("${{")).map(String),
    ).toEqual([]);
  });
});

test("azd and the workflow deploy the output of the package script", () => {
  const azure = parse(readFileSync("azure.yaml", "utf8")) as {
    readonly infra: { readonly path: string; readonly module: string };
    readonly services: {
      readonly api: { readonly project: string; readonly host: string };
    };
    readonly hooks: {
      readonly prepackage: Readonly<
        Record<"posix" | "windows", { readonly run: string }>
      >;
    };
  };
  const { infra, services, hooks } = azure;
  expect(existsSync(`${infra.path}/${infra.module}.bicep`)).toBe(true);
  expect(existsSync(`${infra.path}/${infra.module}.parameters.json`)).toBe(
    true,
  );
  expect(services.api).toMatchObject({
    host: "function",
    project: "dist/package",
  });
  for (const { run } of Object.values(hooks.prepackage))
    expect(run).toContain("npm run package");
  const action = readFileSync(".github/actions/deploy/action.yml", "utf8");
  expect(action).toContain("npm run package");
  expect(action).toContain("--src dist/aos.zip");
  // The tests in test/package check that the script writes these files.
  expect(readFileSync("scripts/package.mjs", "utf8")).toContain(
    "the folder dist/package and as the zip dist/aos.zip",
  );
  // azd uses this tag to find the resource to deploy to.
  expect(readFileSync("bicep/modules/function-app.bicep", "utf8")).toContain(
    "'azd-service-name': 'api'",
  );
});

describe("continuous integration", () => {
  const { jobs, permissions } = readWorkflow("ci");

  test("runs npm run check on Node.js 20, 22 and 24", () => {
    expect(jobs["check"]?.strategy?.matrix["node"]).toEqual([20, 22, 24]);
    expect(jobs["check"]?.steps.map(({ run }) => run)).toContain(
      "npm run check",
    );
  });

  test("has read permission only", () => {
    expect(permissions).toEqual({ contents: "read" });
  });
});

describe("deployment", () => {
  const { jobs, permissions } = readWorkflow("deploy");

  test("signs in with a federated identity, without a secret", () => {
    const text = readFileSync(".github/workflows/deploy.yml", "utf8");
    expect(text).not.toMatch(/secrets\./);
    expect(permissions).toEqual({ contents: "read" });
    for (const job of Object.values(jobs))
      expect(job.permissions).toEqual({
        contents: "read",
        "id-token": "write",
      });
  });

  test("uses the environments dev and prod", () => {
    expect(jobs["dev"]?.environment).toBe("dev");
    expect(jobs["prod"]?.environment).toBe("prod");
  });

  test("has a time limit for every job", () => {
    for (const job of Object.values(jobs))
      expect(job["timeout-minutes"]).toBeGreaterThan(0);
  });

  test("passes every environment variable of the parameter files to the what-if preview and to the deployment", () => {
    const text = (path: string) => readFileSync(path, "utf8");
    const files = ["dev", "prod"].map((name) =>
      text(`bicep/${name}.bicepparam`),
    );
    const variables = [
      ...files
        .join()
        .matchAll(/readEnvironmentVariable\('(AOS_\w+|AZURE_LOCATION)'/g),
    ].map(([, name = ""]) => name);
    expect(variables).toContain("AOS_ALERT_EMAIL");
    const whatIf = JSON.stringify(jobs["what-if"]);
    const action = text(".github/actions/deploy/action.yml");
    expect(
      variables.filter(
        (name) => !whatIf.includes(name) || !action.includes(`${name}:`),
      ),
    ).toEqual([]);
  });

  test("ends with a smoke test", () => {
    const action = readFileSync(".github/actions/deploy/action.yml", "utf8");
    expect(action).toContain("node scripts/smoke-test.mjs");
  });
});
