import { spawnSync } from "node:child_process";
import { readFileSync, readdirSync, statSync } from "node:fs";
import { isBuiltin } from "node:module";
import { join, resolve } from "node:path";
import { strFromU8, unzipSync } from "fflate";
import { createTemporaryFolder } from "../../local-cloud/test/support/cli/cloud-process";

interface Metafile {
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly outputs: Readonly<
    Record<
      string,
      {
        readonly imports: readonly {
          readonly path: string;
          readonly external?: boolean;
        }[];
      }
    >
  >;
}

const [once, again] = [createTemporaryFolder(), createTemporaryFolder()];
let metafile: Metafile;
beforeAll(() => {
  for (const folder of [once, again]) {
    const script = resolve("scripts/package.mjs");
    const { status, stderr } = spawnSync(process.execPath, [script, folder], {
      encoding: "utf8",
      // A zip holds a time of day without saying where.
      env: { ...process.env, TZ: folder === again ? "Asia/Tokyo" : "UTC" },
    });
    expect({ status, stderr }).toMatchObject({ status: 0 });
  }
  metafile = JSON.parse(
    readFileSync(join(once, "package.metafile.json"), "utf8"),
  ) as Metafile;
});

const zip = (folder = once): Buffer => readFileSync(join(folder, "aos.zip"));
const inputs = (): readonly string[] => Object.keys(metafile.inputs);
/** Packages by the folder that they are in: a package with two folders is there twice. */
const packageFolders = (): ReadonlySet<string> =>
  new Set(
    inputs().flatMap(
      (path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? [],
    ),
  );
const filesBelow = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true })
    .map(String)
    .filter((name) => statSync(join(folder, name)).isFile())
    .map((name) => name.replaceAll("\\", "/"))
    .sort();

describe("the bundle", () => {
  test("has the app, and nothing of the local cloud or of the command line", () => {
    const own = inputs().filter((path) => !path.includes("node_modules"));
    expect(own).toContain("dist/src/main.js");
    expect(own).toContain("dist/src/models/openai/openai-model.js");
    expect(
      own.filter((path) => /^dist\/src\/(local|cli)\//.test(path)),
    ).toEqual([]);
    expect(
      own.filter(
        (path) =>
          !/^dist\/(src|orchestrators|activities|entities)\//.test(path),
      ),
    ).toEqual([]);
  });

  test("has no package that is for development only", () => {
    const lock = JSON.parse(readFileSync("package-lock.json", "utf8")) as {
      readonly packages: Readonly<Record<string, { readonly dev?: boolean }>>;
    };
    const states = [...packageFolders()].map((folder) => ({
      folder,
      isDev: lock.packages[folder]?.dev ?? false,
      isKnown: folder in lock.packages,
    }));
    expect(states.length).toBeGreaterThan(50);
    expect(states.filter(({ isDev, isKnown }) => isDev || !isKnown)).toEqual(
      [],
    );
  });

  test.each([
    "durable-functions",
    "@azure/functions",
    "rhea",
    "@opentelemetry/api",
  ])(
    "has %s once: its classes and state are told apart by identity",
    (name) => {
      const copies = [...packageFolders()].filter((folder) =>
        folder.endsWith(`node_modules/${name}`),
      );
      expect(copies).toEqual([`node_modules/${name}`]);
    },
  );

  test("asks at run time for nothing but Node.js, the host, and what need not be there", () => {
    const asked = Object.values(metafile.outputs)
      .flatMap(({ imports }) => imports)
      .flatMap(({ path, external }) => (external === true ? [path] : []));
    expect(
      [...new Set(asked)].filter((path) => !isBuiltin(path)).sort(),
    ).toEqual([
      "./telemetry-sdk.js",
      "@azure/functions-core",
      "supports-color",
    ]);
  });
});

describe("the zip", () => {
  test("has what the folder has, and nothing that is not needed", () => {
    const files = filesBelow(join(once, "package"));
    expect(Object.keys(unzipSync(zip()))).toEqual(files);
    expect(files.filter((name) => !name.startsWith("samples/"))).toEqual([
      "host.json",
      "index.js",
      "main.js",
      "main.js.LEGAL.txt",
      "main.js.map",
      "package.json",
      "telemetry-sdk.js",
      "telemetry-sdk.js.map",
    ]);
    expect(files).toContain(
      "samples/document-review/contract-office-lease.txt",
    );
  });

  test("is the same, byte by byte, when it is made again elsewhere", () => {
    expect(zip(again).equals(zip())).toBe(true);
  });

  test("names no folder of the machine that it was made on", () => {
    for (const content of Object.values(unzipSync(zip())))
      expect(strFromU8(content).includes(resolve("."))).toBe(false);
  });
});
