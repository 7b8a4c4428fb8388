import { readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import ts from "typescript";

/** Code by the absolute path of the file that its first line names. */
export type Examples = ReadonlyMap<string, string>;

/** Finds the code blocks of a page in one language whose first line names a file. */
export const extractExamples = (
  page: string,
  language: "ts" | "js",
): Examples =>
  new Map(
    [...page.matchAll(/```(\w+)\n\/\/ (\S+)\n([\s\S]*?)```/g)]
      .filter(([, found]) => found === language)
      .map(([, , path = "", code = ""]) => [resolve(path), code]),
  );

/** Compiles the examples as the files that they name and returns the diagnostics. */
export function compileExamples(examples: Examples): readonly string[] {
  const config = ts.readConfigFile("tsconfig.json", (path) =>
    readFileSync(path, "utf8"),
  );
  const { options } = ts.parseJsonConfigFileContent(
    config.config,
    ts.sys,
    process.cwd(),
  );
  const disk = ts.createCompilerHost(options);
  const host: ts.CompilerHost = {
    ...disk,
    readFile: (path) => examples.get(path) ?? disk.readFile(path),
    fileExists: (path) => examples.has(path) || disk.fileExists(path),
    getSourceFile: (path, target) => {
      const code = examples.get(path);
      return code === undefined
        ? disk.getSourceFile(path, target)
        : ts.createSourceFile(path, code, target);
    },
  };
  const program = ts.createProgram([...examples.keys()], options, host);
  return ts
    .getPreEmitDiagnostics(program)
    .map(({ messageText }) =>
      ts.flattenDiagnosticMessageText(messageText, "\n"),
    );
}

/**
 * Runs an example as the file that it names and returns its exports. `modules` replaces imports. The test runner loads the
 * code from a file in `folder`, so that its objects have the same realm as those of the tests.
 */
export function runExample(
  examples: Examples,
  path: string,
  folder: string,
  modules: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> {
  const absolute = resolve(path);
  const { outputText } = ts.transpileModule(examples.get(absolute) ?? "", {
    compilerOptions: {
      module: ts.ModuleKind.CommonJS,
      target: ts.ScriptTarget.ES2023,
      esModuleInterop: true,
    },
  });
  const file = join(folder, `${basename(path)}.js`);
  writeFileSync(
    file,
    `module.exports = (exports, require) => {${outputText}\n};`,
  );
  const evaluate =
    jest.requireActual<
      (exports: object, require: (id: string) => unknown) => void
    >(file);
  const exports: Record<string, unknown> = {};
  evaluate(
    exports,
    (id) =>
      modules[id] ??
      jest.requireActual(id.startsWith(".") ? join(dirname(absolute), id) : id),
  );
  return exports;
}
