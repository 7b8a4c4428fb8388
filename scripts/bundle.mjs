// Makes one file of the compiled app and every package that it uses.
import { build } from "esbuild";
import { root } from "./set-up.mjs";

/**
 * Bundles dist/src/main.js into `folder`, and resolves with esbuild's account of what is in it. It starts from what tsc left, not
 * from the sources: a `require` finds the same file of each package as without the bundle, so what is tested is what is deployed.
 */
export async function bundle(folder) {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: ["dist/src/main.js"],
    outdir: folder,
    bundle: true,
    platform: "node",
    target: "node20.19",
    format: "cjs",
    // The Functions host puts it there.
    external: ["@azure/functions-core"],
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
  return metafile;
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
