// Makes one file of the compiled app and every package that it uses.
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
    entryPoints: ["dist/src/main.js"],
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
    plugins: [englishOnly],
  });
  const files = outputFiles.map(({ path, contents }) => [
    basename(path),
    contents,
  ]);
  return { files, metafile };
}

/** zod says its problems in fifty languages; AOS takes the first, and would load all of them with every start. */
const englishOnly = {
  name: "english-only",
  setup({ onLoad }) {
    onLoad({ filter: /[/\\]zod[/\\]v4[/\\]locales[/\\]index\.cjs$/ }, () => ({
      contents: 'exports.en = require("./en.cjs");',
    }));
  },
};
