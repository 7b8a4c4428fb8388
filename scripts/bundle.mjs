// Makes one file of the compiled app and every package that it uses, and one of what only telemetry uses.
import { build } from "esbuild";
import { basename } from "node:path";
import { root } from "./set-up.mjs";

/**
 * Bundles dist/src/main.js: resolves with the files by name, and with esbuild's account of what is in them. It starts from what tsc
 * left, not from the sources: a `require` finds the same file of each package as without the bundle, so what is tested is what is
 * deployed.
 */
export async function bundle() {
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: {
      main: "dist/src/main.js",
      [sdk]: "dist/src/telemetry/export/sdk.js",
    },
    // Where the source map's paths start, wherever the files are put.
    outdir: "dist/package",
    write: false,
    bundle: true,
    platform: "node",
    target: "node20.19",
    format: "cjs",
    // The one is put there by the Functions host. The other is taken by `debug` when there is one, which a development package brings.
    external: ["@azure/functions-core", "supports-color"],
    // Names stay, and with them stack traces and the names of error classes, which AOS tells its users.
    minifyWhitespace: true,
    minifySyntax: true,
    sourcemap: true,
    // Lines and names are what a stack trace needs; with the texts, the map would be the largest file.
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

/** Loaded only with an exporter (src/telemetry/export/sdk.ts). */
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

/** zod says its problems in fifty languages; AOS takes the first, and would load all of them with every start. */
const englishOnly = {
  name: "english-only",
  setup({ onLoad }) {
    onLoad({ filter: /[/\\]zod[/\\]v4[/\\]locales[/\\]index\.cjs$/ }, () => ({
      contents: 'exports.en = require("./en.cjs");',
    }));
  },
};
