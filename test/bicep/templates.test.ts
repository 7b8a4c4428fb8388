import { globSync } from "tinyglobby";
import { at, type Properties, type Value } from "./reader/value";
import { apiVersions, literalOf, templateRules } from "./template-rules";
import { withReplacement, openRepository, type Repository } from "./repository";

const paths = globSync("bicep/**/*.bicep")
  .map((path) => path.replaceAll("\\", "/"))
  .sort();

let repository: Repository;
beforeAll(async () => {
  repository = await openRepository();
});

describe.each(paths)("%s", (path) => {
  test.each(Object.entries(templateRules))("%s", (_, { problems }) => {
    expect(problems(repository, path)).toEqual([]);
  });
});

describe("a template that violates a rule", () => {
  test.each(Object.entries(templateRules))(
    "fails the rule: %s",
    (_, { problems, violation: { path, from, to } }) => {
      expect(
        problems(withReplacement(repository, path, from, to), path),
      ).not.toEqual([]);
    },
  );
});

test("api-versions.json lists only resource types that are used", () => {
  const used = new Set(
    paths.flatMap((path) =>
      [...repository.template(path).resources.values()].map(({ type }) => type),
    ),
  );
  expect(Object.keys(apiVersions()).filter((type) => !used.has(type))).toEqual(
    [],
  );
});

const variants: readonly (readonly [string, Properties])[] = [
  ["unchanged", {}],
  ["on Elastic Premium", { hostingPlan: "ElasticPremium" }],
  ["on a dedicated plan", { hostingPlan: "Dedicated" }],
  ["with Node.js 24", { nodeVersion: "24" }],
  ["with a scheduler", { durableBackend: "DurableTaskScheduler" }],
  ["with Cosmos DB", { cosmosEnabled: true }],
  ["without public access", { publicHttpAccess: false }],
  ["without isolation", { networkIsolation: false }],
  ["with Entra ID", { entraClientId: "api" }],
  ["with a new Azure OpenAI", { model: "azure-openai-new" }],
  [
    "with an existing Azure OpenAI",
    {
      model: "azure-openai-existing",
      openAiResourceGroupName: "rg-models",
      openAiAccountName: "models",
    },
  ],
  [
    "with an OpenAI-compatible server",
    { model: "openai", modelBaseUrl: "https://models.example/v1" },
  ],
  ["without a model", { model: "offline" }],
  ["without a budget", { budgetAmount: 0 }],
];

describe.each(["dev", "prod"] as const)("%s.bicepparam deploys", (file) => {
  test.each(variants)("%s", (_, changes) => {
    const { resources, outputs } = repository.deployment(file, changes);
    const names = resources.map(
      ({ type, name, on }) => `${type} ${name} on ${on ?? "the group"}`,
    );
    expect(names).toEqual([...new Set(names)]);
    expect(outputs["AZURE_FUNCTION_APP_NAME"]).toMatch(/^func-aos-/);
  });
});

describe("the plan", () => {
  const planOf = (hostingPlan: string) => {
    const { resources } = repository.deployment("prod", { hostingPlan });
    const body = (type: string) =>
      resources.find((found) => found.type === type)?.body;
    return {
      sku: at(body("Microsoft.Web/serverfarms"), "sku"),
      site: at(body("Microsoft.Web/sites"), "properties.siteConfig"),
      flex: at(body("Microsoft.Web/sites"), "properties.functionAppConfig"),
      scaling: body("Microsoft.Insights/autoscaleSettings"),
    };
  };

  test("is Flex Consumption by default", () => {
    const { sku, site, flex, scaling } = planOf("FlexConsumption");
    expect(sku).toEqual({ name: "FC1", tier: "FlexConsumption" });
    expect(site).toMatchObject({ linuxFxVersion: null, alwaysOn: null });
    expect(at(flex, "scaleAndConcurrency.alwaysReady")).toEqual([
      { name: "http", instanceCount: 1 },
      { name: "durable", instanceCount: 1 },
    ]);
    expect(scaling).toBeUndefined();
  });

  test("keeps an instance warm on Elastic Premium", () => {
    const { sku, site, flex, scaling } = planOf("ElasticPremium");
    expect(sku).toMatchObject({ name: "EP1", capacity: 3 });
    expect(site).toMatchObject({
      linuxFxVersion: "Node|22",
      minimumElasticInstanceCount: 1,
      functionsRuntimeScaleMonitoringEnabled: true,
      alwaysOn: null,
    });
    expect([flex, scaling]).toEqual([null, undefined]);
  });

  test("is always on and has an autoscale rule when it is dedicated", () => {
    const { sku, site, flex, scaling } = planOf("Dedicated");
    expect(sku).toMatchObject({ name: "P1v3", capacity: 3 });
    expect(site).toMatchObject({ linuxFxVersion: "Node|22", alwaysOn: true });
    expect(flex).toBeNull();
    expect(at(scaling, "properties.profiles.0.capacity")).toEqual({
      minimum: "3",
      default: "3",
      maximum: "30",
    });
  });
});

test("a subscription gets only the events that its filter accepts", () => {
  const rules = repository
    .deployment("dev")
    .resources.filter(({ type }) => type.endsWith("/subscriptions/rules"));
  // With another name, the default rule that accepts everything would remain.
  expect(rules.map(({ name }) => name)).toEqual(["$Default"]);
});

test("the model key appears in the vault only", () => {
  const { resources, outputs } = repository.deployment("prod", {
    model: "openai",
    modelBaseUrl: "https://models.example/v1",
    modelApiKey: "open sesame",
  });
  const paths = resources
    .filter(({ body }) => JSON.stringify(body).includes("open sesame"))
    .map(({ path }) => path);
  expect(paths).toEqual(["keyVault.modelKey"]);
  expect(JSON.stringify(outputs)).not.toContain("open sesame");
});

test("the parameters of azd are parameters of the template", () => {
  const { parameters } = repository.json("bicep/main.parameters.json") as {
    readonly parameters: Readonly<Record<string, unknown>>;
  };
  const known = repository.template("bicep/main.bicep").parameters;
  expect(Object.keys(parameters).filter((name) => !known.has(name))).toEqual(
    [],
  );
  const missing = [...known.values()]
    .filter(({ fallback }) => fallback === undefined)
    .filter(({ name }) => !(name in parameters));
  expect(missing).toEqual([]);
});

test("every deployable Node.js version is supported by the app", () => {
  const { engines } = repository.json("package.json") as {
    readonly engines: { readonly node: string };
  };
  const minimum = Number(/^>=(\d+)/.exec(engines.node)?.[1]);
  const [allowed] =
    repository
      .template("bicep/main.bicep")
      .parameters.get("nodeVersion")
      ?.decorators.get("allowed") ?? [];
  const versions =
    allowed?.kind === "array" ? allowed.items.map(literalOf) : [];
  expect(versions).toEqual(["22", "24"]);
  expect(versions.every((version) => Number(version) >= minimum)).toBe(true);
  const runtime = (nodeVersion: string) =>
    at(
      repository
        .deployment("dev", { nodeVersion })
        .resources.find(({ type }) => type === "Microsoft.Web/sites")?.body,
      "properties.functionAppConfig.runtime",
    );
  expect(runtime("24")).toEqual({ name: "node", version: "24" });
});

describe("invalid templates are rejected", () => {
  test.each<readonly [string, Record<string, Value>, RegExp]>([
    ["an unknown plan", { hostingPlan: "Consumption" }, /not allowed/],
    ["an unknown parameter", { colour: "red" }, /no parameter colour/],
    [
      "more instances than the maximum",
      { maximumInstanceCount: 5000 },
      /large/,
    ],
    ["text for a number", { budgetAmount: "100" }, /not of type/],
  ])("%s", (_, changes, problem) => {
    expect(() => repository.deployment("dev", changes)).toThrow(problem);
  });

  test("text that is not Bicep, with its line", () => {
    const broken = withReplacement(
      repository,
      "bicep/modules/identity.bicep",
      "  tags: tags\n}",
      "  tags: tags\n",
    );
    expect(() => broken.template("bicep/modules/identity.bicep")).toThrow(
      /This is not Bicep:\nline \d+/,
    );
  });

  test("a module that is omitted but used", () => {
    const broken = withReplacement(
      repository,
      "bicep/main.bicep",
      "hasScheduler ? scheduler!.outputs.endpoint : ''",
      "scheduler!.outputs.endpoint",
    );
    expect(() => broken.deployment("dev")).toThrow(
      /module scheduler is omitted/,
    );
  });
});
