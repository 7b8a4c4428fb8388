/** The direction of imports (docs/architecture.md): per folder, the folders that it may import in addition to itself. */
const layers = {
  orchestrators: ["src/domain"],
  entities: ["src/domain"],
  activities: [
    "src/domain",
    "src/models",
    "src/tools",
    "src/storage",
    "src/messaging",
    "src/telemetry",
  ],
  "src/domain": [],
  "src/config": ["src/domain"],
  "src/storage": ["src/domain"],
  "src/models": ["src/domain"],
  "src/tools": ["src/domain"],
  "src/telemetry": ["src/domain", "src/models"],
  "src/messaging/in": [
    "src/messaging",
    "src/orchestrations",
    "src/domain",
    "src/telemetry",
  ],
  "src/messaging": ["src/domain", "src/storage", "src/telemetry"],
  "src/orchestrations": [
    "src/domain",
    "src/storage",
    "src/messaging",
    "src/telemetry",
  ],
  "src/health": ["src/domain", "src/orchestrations"],
  "src/http": [
    "src/health",
    "src/orchestrations",
    "src/messaging",
    "src/domain",
    "src/storage",
    "src/telemetry",
  ],
  "src/catalog": ["src/domain", "src/tools", "src/models"],
  "src/app": [
    "orchestrators",
    "activities",
    "entities",
    "src/config",
    "src/domain",
    "src/health",
    "src/http",
    "src/messaging",
    "src/models",
    "src/orchestrations",
    "src/storage",
    "src/telemetry",
    "src/tools",
  ],
  "src/index.ts": ["src/app", "src/domain", "src/models", "src/tools"],
  "src/main.ts": ["src/catalog", "src/config", "src/index.ts"],
  "src/cli": ["local-cloud/index.ts", "local-cloud/cli/index.ts"],
};

const aos = "^(orchestrators|activities|entities|src)/";

const layerRule = ([folder, allowed]) => ({
  name: `${folder.replace("src/", "").replace(/[/.]/g, "-")}-imports`,
  severity: "error",
  from: {
    path: `^${folder}(/|$)`,
    // The folder inside has a separate rule.
    ...(folder === "src/messaging" && { pathNot: "^src/messaging/in/" }),
  },
  to: {
    path: `${aos}|^local-cloud/`,
    pathNot: [folder, ...allowed].map((name) => `^${name}(/|$)`),
  },
});

/** The folders of the local cloud, likewise. */
const localCloud = {
  shared: [],
  differences: [],
  "durable-task/model": ["functions-host/core/extension.ts", "shared"],
  "durable-task/store": ["durable-task/model", "shared"],
  "durable-task/replay": [
    "durable-task/model",
    "functions-host/core/extension.ts",
  ],
  "durable-task/engine": [
    "durable-task/model",
    "durable-task/replay",
    "durable-task/store",
    "functions-host/core/extension.ts",
    "shared",
  ],
  "durable-task/http-api": [
    "durable-task/engine",
    "durable-task/model",
    "functions-host/core/extension.ts",
    "shared",
  ],
  "service-bus": ["shared"],
  storage: ["shared"],
  "functions-host/core": ["shared"],
  "functions-host/http": ["functions-host/core", "shared"],
  "functions-host/extensions": ["functions-host/core", "shared"],
  "functions-host/extensions/durable-task": [
    "functions-host/core",
    "durable-task",
    "shared",
  ],
  "functions-host/host.ts": ["functions-host/core", "functions-host/http"],
  "compose.ts": ["functions-host", "service-bus", "shared", "storage"],
  cli: ["compose.ts", "service-bus", "shared"],
  testing: ["compose.ts", "durable-task", "shared"],
  "index.ts": ["compose.ts", "durable-task/store", "shared"],
};

const localCloudRule = ([folder, allowed]) => ({
  name: `local-cloud-${folder.replace(/[/.]/g, "-")}-imports`,
  severity: "error",
  from: {
    path: `^local-cloud/${folder}(/|$)`,
    ...(folder === "functions-host/extensions" && {
      pathNot: "^local-cloud/functions-host/extensions/durable-task/",
    }),
  },
  to: {
    path: "^local-cloud/",
    pathNot: [folder, ...allowed].map((name) => `^local-cloud/${name}(/|$)`),
  },
});

module.exports = {
  forbidden: [
    ...Object.entries(layers).map(layerRule),
    ...Object.entries(localCloud).map(localCloudRule),
    { name: "no-cycles", severity: "error", from: {}, to: { circular: true } },
    {
      name: "domain-is-pure",
      comment: "src/domain may use types, pure packages and digests only.",
      severity: "error",
      from: { path: "^src/domain/" },
      to: {
        dependencyTypes: ["core", "npm"],
        pathNot: [
          "node_modules/(zod|@bufbuild/cel|durable-functions)/",
          "^crypto$",
        ],
        dependencyTypesNot: ["type-only"],
      },
    },
    {
      name: "replay-is-pure",
      comment: "An episode uses neither disk, clock nor functions of the app.",
      severity: "error",
      from: { path: "^local-cloud/durable-task/replay/" },
      to: { dependencyTypes: ["core"], dependencyTypesNot: ["type-only"] },
    },
    {
      name: "deployed-imports-no-local-cloud",
      severity: "error",
      from: { path: aos, pathNot: "^src/cli/" },
      to: { path: "^(src/cli|local-cloud)/" },
    },
    {
      name: "local-cloud-imports-no-aos",
      severity: "error",
      from: { path: "^local-cloud/" },
      to: { path: aos },
    },
    {
      name: "no-development-packages-deployed",
      severity: "error",
      from: { path: aos, pathNot: "^src/cli/" },
      to: { dependencyTypes: ["npm-dev", "npm-no-pkg", "npm-unknown"] },
    },
    {
      name: "resolvable",
      severity: "error",
      from: {},
      // The Functions worker provides this module.
      to: { couldNotResolve: true, pathNot: "^@azure/functions-core$" },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    doNotFollow: { path: "node_modules" },
    exclude: { path: "(^|/)dist/|^local-cloud/test/" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["require", "node"],
    },
  },
};
