import js from "@eslint/js";
import tseslint from "typescript-eslint";

const only = (use) => `Orchestrators are replayed: ${use}`;

/** What a replayed function must not do, each with what to use instead. */
const determinism = [
  {
    selector: "YieldExpression[delegate=false]",
    message: only("use `yield*` with a typed step from src/domain/durable."),
  },
  {
    selector: "AwaitExpression",
    message: only("await breaks replay; call an activity instead."),
  },
  {
    selector: "NewExpression[callee.name='Date'][arguments.length=0]",
    message: only("take the time from `now(context)`."),
  },
  {
    selector:
      "CallExpression[callee.object.name='Date'][callee.property.name='now']",
    message: only("take the time from `now(context)`."),
  },
  {
    selector:
      "CallExpression[callee.object.name='Math'][callee.property.name='random']",
    message: only("randomness belongs in an activity."),
  },
  {
    selector:
      "CallExpression[callee.name=/^(fetch|setTimeout|setInterval|setImmediate|queueMicrotask|require)$/]",
    message: only("wait with `sleep`, use an activity for everything else."),
  },
  {
    selector: "Identifier[name=/^(process|console|crypto|performance)$/]",
    message: only("environment, logging and ids belong in activities."),
  },
];

const environmentOnlyInConfig = {
  object: "process",
  property: "env",
  message: "Only src/config reads the environment.",
};

export default tseslint.config(
  {
    ignores: [
      "**/dist/",
      "coverage/",
      "node_modules/",
      "**/.aos/",
      "**/.local-cloud/",
      "**/test/fixtures/",
      // Written with the compiler options of users; `npm run types` checks them with those of this repository, too.
      "examples/",
    ],
  },
  js.configs.recommended,
  {
    files: ["**/*.ts"],
    extends: [
      tseslint.configs.strictTypeChecked,
      tseslint.configs.stylisticTypeChecked,
    ],
    languageOptions: {
      parserOptions: {
        projectService: true,
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/switch-exhaustiveness-check": [
        "error",
        { considerDefaultExhaustiveForUnions: true },
      ],
      "@typescript-eslint/restrict-template-expressions": [
        "error",
        { allowNumber: true },
      ],
      "no-console": "error",
      complexity: ["error", 10],
      "max-lines": [
        "error",
        { max: 300, skipBlankLines: true, skipComments: true },
      ],
      "max-depth": ["error", 3],
    },
  },
  {
    files: ["**/*.{js,mjs,cjs}"],
    languageOptions: {
      sourceType: "module",
      globals: {
        process: "readonly",
        console: "readonly",
        URL: "readonly",
        fetch: "readonly",
        AbortSignal: "readonly",
      },
    },
  },
  {
    files: ["**/*.cjs"],
    languageOptions: {
      sourceType: "commonjs",
      globals: { module: "writable", require: "readonly" },
    },
  },
  {
    files: ["orchestrators/**/*.ts"],
    rules: { "no-restricted-syntax": ["error", ...determinism] },
  },
  {
    files: [
      "orchestrators/**/*.ts",
      "activities/**/*.ts",
      "entities/**/*.ts",
      "src/**/*.ts",
    ],
    ignores: ["src/config/**", "src/cli/**"],
    rules: { "no-restricted-properties": ["error", environmentOnlyInConfig] },
  },
  {
    // Modules that are loaded by their first use: an `import` would load them at the start.
    files: ["src/app/lazy-clients.ts", "src/catalog/catalog.ts"],
    rules: {
      "@typescript-eslint/no-require-imports": [
        "error",
        { allow: ["^[.]{1,2}/", "^@azure/identity$"] },
      ],
    },
  },
  {
    // The Functions worker provides the module; an `import` would fail without a worker.
    files: ["src/messaging/in/keep-metadata-text.ts"],
    rules: {
      "@typescript-eslint/no-require-imports": [
        "error",
        { allow: ["^@azure/functions-core$"] },
      ],
    },
  },
  { linterOptions: { reportUnusedDisableDirectives: "error" } },
);
