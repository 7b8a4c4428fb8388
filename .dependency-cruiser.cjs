/** The direction of imports (docs/architecture.md), as data. */
const layers = {
  orchestrators: ["^(orchestrators|src/model)/"],
  entities: ["^src/model/"],
  activities: [
    "^activities/",
    "^src/(model|agents|history|messaging|telemetry)/",
    "^src/(errors|config)[.]ts$",
  ],
  "src/model": ["^src/model/", "^src/errors[.]ts$"],
  "src/history": ["^src/(history|model)/", "^src/(errors|config)[.]ts$"],
  "src/agents": ["^src/(agents|model)/", "^src/(errors|config)[.]ts$"],
  "src/messaging": [
    "^src/(messaging|model)/",
    "^src/(errors|config|once)[.]ts$",
  ],
  "src/telemetry": ["^src/(telemetry|model)/", "^src/(errors|config)[.]ts$"],
  "src/triggers": [
    "^src/(triggers|model|history|messaging|telemetry)/",
    "^src/(errors|config)[.]ts$",
  ],
  "src/catalog": ["^src/(catalog|model|agents)/", "^src/(errors|config)[.]ts$"],
};

const layerRule = ([folder, allowed]) => ({
  name: `${folder.replace("src/", "")}-imports`,
  severity: "error",
  from: { path: `^${folder}/` },
  to: { path: "^(orchestrators|activities|entities|src)/", pathNot: allowed },
});

module.exports = {
  forbidden: [
    ...Object.entries(layers).map(layerRule),
    { name: "no-cycles", severity: "error", from: {}, to: { circular: true } },
    {
      name: "model-is-pure",
      comment: "src/model may use types and pure packages only.",
      severity: "error",
      from: { path: "^src/model/" },
      to: {
        dependencyTypes: ["core", "npm"],
        pathNot: ["node_modules/(zod|@bufbuild/cel|durable-functions)/"],
        dependencyTypesNot: ["type-only"],
      },
    },
    {
      name: "deployed-knows-no-local-cloud",
      severity: "error",
      from: {
        path: "^(orchestrators|activities|entities|src)/",
        pathNot: "^src/(local|cli)/",
      },
      to: { path: "^src/(local|cli)/" },
    },
    {
      name: "local-cloud-knows-no-aos",
      severity: "error",
      from: { path: "^src/local/" },
      to: {
        path: "^(orchestrators|activities|entities|src)/",
        pathNot: "^src/local/",
      },
    },
    {
      name: "local-siblings-meet-at-interfaces",
      comment:
        "The folders of the local cloud see of each other only extension.ts; the test kit puts them together. What they all need of time and of work at once is in scheduling, of files in sqlite.",
      severity: "error",
      from: { path: "^src/local/([^/]+)/", pathNot: "^src/local/testing/" },
      to: {
        path: "^src/local/([^/]+)/",
        pathNot: [
          "^src/local/$1/",
          "^src/local/(scheduling|sqlite)/",
          "^src/local/functions-host/extension[.]ts$",
        ],
      },
    },
    {
      name: "an-episode-is-pure",
      comment:
        "It knows the words of the hub and functions of them; neither disk, clock nor functions of the app.",
      severity: "error",
      from: { path: "^src/local/durable-task/episode/" },
      to: {
        path: "^[^.]",
        pathNot: [
          "^src/local/durable-task/episode/",
          "^src/local/durable-task/(entity-id|failure|function-value|history-event|instance|message|payload-limit)[.]ts$",
          "^src/local/durable-task/store/store[.]ts$",
          "^src/local/functions-host/extension[.]ts$",
        ],
      },
    },
    {
      name: "the-store-knows-no-hub",
      comment: "It keeps what it is given: rows, events and messages.",
      severity: "error",
      from: { path: "^src/local/durable-task/store/" },
      to: {
        path: "^src/",
        pathNot: [
          "^src/local/durable-task/store/",
          "^src/local/durable-task/(history-event|instance|message)[.]ts$",
          "^src/local/sqlite/",
        ],
      },
    },
    {
      name: "no-development-packages-deployed",
      severity: "error",
      from: {
        path: "^(orchestrators|activities|entities|src)/",
        pathNot: "^src/(local|cli)/",
      },
      to: { dependencyTypes: ["npm-dev", "npm-no-pkg", "npm-unknown"] },
    },
    {
      name: "resolvable",
      severity: "error",
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^dist/" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["require", "node"],
    },
  },
};
