// Bundles the compiled app with its packages into one file, and the telemetry SDK into another.
import { build } from "esbuild";
import { basename } from "node:path";
import { root } from "./set-up.mjs";

/**
 * Bundles dist/src/main.js and resolves with the files by name and with esbuild's metafile. The input is the output of tsc,
 * not the sources: a `require` resolves to the same file as without the bundle, so that tests and deployment run the same code.
 */
export async function bundle() {
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: {
      main: "dist/src/main.js",
      [sdk]: "dist/src/telemetry/export/sdk.js",
    },
    // The paths of the source map are relative to this folder.
    outdir: "dist/package",
    write: false,
    bundle: true,
    platform: "node",
    target: "node20.19",
    format: "cjs",
    // The Functions host provides the first. `debug` uses the second if it is installed, which only development packages cause.
    external: ["@azure/functions-core", "supports-color"],
    // Identifiers are not minified: stack traces and error messages contain the names of functions and error classes.
    minifyWhitespace: true,
    minifySyntax: true,
    sourcemap: true,
    // A stack trace needs lines and names only; with the sources the map would be the largest file.
    sourcesContent: false,
    legalComments: "linked",
    metafile: true,
    logLevel: "warning",
    plugins: [englishOnly, sdkApart],
  });
  const files = outputFiles.map(({ path, contents }) => [
    basename(path),
    contents,
  ]);
  return { files, metafile };
}

/** The app loads it only when telemetry is exported (src/telemetry/export/sdk.ts). */
const sdk = "telemetry-sdk";
const sdkApart = {
  name: "sdk-apart",
  setup({ onResolve }) {
    onResolve({ filter: /^\.\/sdk$/ }, ({ importer }) =>
      /[/\\]src[/\\]telemetry[/\\]/.test(importer)
        ? { path: `./${sdk}.js`, external: true }
        : undefined,
    );
  },
};

/** zod has error messages in 50 languages and would load all of them at every start; AOS uses English only. */
const englishOnly = {
  name: "english-only",
  setup({ onLoad }) {
    onLoad({ filter: /[/\\]zod[/\\]v4[/\\]locales[/\\]index\.cjs$/ }, () => ({
      contents: 'exports.en = require("./en.cjs");',
    }));
  },
};
