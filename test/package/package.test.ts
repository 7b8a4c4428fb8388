import { spawnSync } from "node:child_process";
import { readFileSync, readdirSync, statSync } from "node:fs";
import { isBuiltin } from "node:module";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
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
    // The command would also install packages and compile, in the middle of a test run.
    const script = JSON.stringify(pathToFileURL("scripts/package.mjs"));
    const program = `import(${script}).then((module) => module.makePackage(${JSON.stringify(folder)}))`;
    const { status, stderr } = spawnSync(process.execPath, ["-e", program], {
      encoding: "utf8",
      // A zip contains local times without their time zone.
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
/** Folders of the bundled packages: a package in two versions has two folders. */
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
  test("contains the app and nothing of the local cloud and the command", () => {
    const modules = inputs().filter((path) => !path.includes("node_modules"));
    expect(modules).toContain("dist/src/main.js");
    expect(modules).toContain("dist/src/models/openai/openai-model.js");
    expect(
      modules.filter((path) => /^dist\/src\/(local|cli)\//.test(path)),
    ).toEqual([]);
    expect(
      modules.filter(
        (path) =>
          !/^dist\/(src|orchestrators|activities|entities)\//.test(path),
      ),
    ).toEqual([]);
  });

  test("contains no development dependency", () => {
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
    "contains %s once, because its classes and state are compared by identity",
    (name) => {
      const copies = [...packageFolders()].filter((folder) =>
        folder.endsWith(`node_modules/${name}`),
      );
      expect(copies).toEqual([`node_modules/${name}`]);
    },
  );

  test("requires at run time only Node.js, the host, the telemetry SDK and the optional supports-color", () => {
    const required = Object.values(metafile.outputs)
      .flatMap(({ imports }) => imports)
      .flatMap(({ path, external }) => (external === true ? [path] : []));
    expect(
      [...new Set(required)].filter((path) => !isBuiltin(path)).sort(),
    ).toEqual([
      "./telemetry-sdk.js",
      "@azure/functions-core",
      "supports-color",
    ]);
  });
});

describe("the zip", () => {
  test("contains the files of the folder and no others", () => {
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

  test("has the same bytes when it is built again in another time zone", () => {
    expect(zip(again).equals(zip())).toBe(true);
  });

  test("contains no path of the machine that built it", () => {
    for (const content of Object.values(unzipSync(zip())))
      expect(strFromU8(content).includes(resolve("."))).toBe(false);
  });
});
