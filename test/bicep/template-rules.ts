/** Rules for every Bicep file, each with a change that violates it. */
import { readFileSync } from "node:fs";
import { posix } from "node:path";
import type { Change } from "./checklist/row";
import { assignableRoles, cosmosDataContributor } from "./checklist/roles";
import type { Expression } from "./reader/expression";
import type { Module, Output, Parameter, Template } from "./reader/template";
import { allExpressions, namesUsed, subexpressions } from "./reader/walk";
import type { Repository } from "./repository";

interface Rule {
  readonly problems: (
    repository: Repository,
    path: string,
  ) => readonly string[];
  readonly violation: Change;
}

/** API version by resource type: every template uses the same one. */
export const apiVersions = (): Readonly<Record<string, string>> =>
  JSON.parse(readFileSync("test/bicep/api-versions.json", "utf8")) as Readonly<
    Record<string, string>
  >;

export const templateRules: Readonly<Record<string, Rule>> = {
  "describes its parameters and outputs": {
    problems: (repository, path) => {
      const { parameters, outputs } = repository.template(path);
      return [...parameters.values(), ...outputs.values()]
        .filter(({ decorators }) => !decorators.has("description"))
        .map(({ name }) => name);
    },
    violation: {
      path: "bicep/modules/identity.bicep",
      from: "@description('Azure region.')\n",
      to: "",
    },
  },
  "uses everything that it declares": {
    problems: (repository, path) => {
      const template = repository.template(path);
      const used = namesUsed(template);
      return declaredIn(template).filter((name) => !used.has(name));
    },
    violation: {
      path: "bicep/main.bicep",
      from: "var packageContainer = ",
      to: "var nothing = 1\nvar packageContainer = ",
    },
  },
  "passes all required parameters to modules": {
    problems: (repository, path) =>
      callsOf(repository, path).flatMap(({ symbol, given, target }) =>
        [...target.parameters.values()]
          .filter(({ fallback }) => fallback === undefined)
          .filter(({ name }) => !given.includes(name))
          .map(({ name }) => `${symbol} lacks the parameter ${name}`),
      ),
    violation: {
      path: "bicep/main.bicep",
      from: "    planName: 'plan-aos-${token}'\n",
      to: "",
    },
  },
  "passes only parameters that modules have": {
    problems: (repository, path) =>
      callsOf(repository, path).flatMap(({ symbol, given, target }) =>
        given
          .filter((name) => !target.parameters.has(name))
          .map((name) => `${symbol} has no parameter ${name}`),
      ),
    violation: {
      path: "bicep/main.bicep",
      from: "    taskHubName: taskHubName\n    skuName",
      to: "    taskHub: taskHubName\n    taskHubName: taskHubName\n    skuName",
    },
  },
  "uses only outputs that modules have": {
    problems: (repository, path) => {
      const template = repository.template(path);
      return [...allExpressions(template)].flatMap((found) => {
        const module = outputOwner(template, found);
        if (module === undefined || found.kind !== "member") return [];
        const { outputs } = targetOf(repository, path, module);
        return outputs.has(found.name)
          ? []
          : [`${module.symbol}.${found.name}`];
      });
    },
    violation: {
      path: "bicep/main.bicep",
      from: "cosmos!.outputs.endpoint",
      to: "cosmos!.outputs.address",
    },
  },
  "has no secret in its outputs": {
    problems: (repository, path) => {
      const { outputs, parameters } = repository.template(path);
      return [...outputs.values()]
        .filter((output) => exposesSecret(output, parameters))
        .map(({ name }) => name);
    },
    violation: {
      path: "bicep/modules/monitoring.bicep",
      from: "string = appInsights.name",
      to: "string = appInsights.properties.ConnectionString",
    },
  },
  "assigns only roles that are on the list": {
    problems: (repository, path) =>
      (
        repository
          .text(path)
          .match(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g) ?? []
      ).filter(
        (id) => !assignableRoles.has(id) && id !== cosmosDataContributor,
      ),
    violation: {
      path: "bicep/modules/openai-access.bicep",
      from: "5e0bd9bd-7b93-4f28-af87-19fc36ad61bd",
      to: "b24988ac-6180-42a0-ab88-20f7382dd24c", // Contributor
    },
  },
  "uses the API versions of api-versions.json": {
    problems: (repository, path) =>
      [...repository.template(path).resources.values()]
        .filter(({ type, apiVersion }) => apiVersions()[type] !== apiVersion)
        .map(({ symbol, apiVersion }) => `${symbol}: ${apiVersion}`),
    violation: {
      path: "bicep/modules/budget.bicep",
      from: "@2023-11-01",
      to: "@2019-01-01",
    },
  },
};

const declaredIn = (template: Template): readonly string[] => [
  ...template.parameters.keys(),
  ...template.variables.keys(),
  ...[...template.resources.values()]
    .filter(({ existing }) => existing)
    .map(({ symbol }) => symbol),
];

const targetOf = (
  repository: Repository,
  path: string,
  module: Module,
): Template =>
  repository.template(posix.join(posix.dirname(path), module.path));

const callsOf = (repository: Repository, path: string) =>
  [...repository.template(path).modules.values()].map((module) => ({
    symbol: module.symbol,
    given: argumentsIn(module.body),
    target: targetOf(repository, path, module),
  }));

/** Names of the arguments in a call of a module, which may be conditional. */
function argumentsIn(body: Expression): readonly string[] {
  if (body.kind === "if") return argumentsIn(body.body);
  const params =
    body.kind === "object"
      ? body.entries.find(({ key }) => literalOf(key) === "params")?.value
      : undefined;
  return params?.kind === "object"
    ? params.entries.map(({ key }) => literalOf(key))
    : [];
}

/** The text of a literal; empty for anything else. */
export const literalOf = (expression: Expression): string =>
  expression.kind === "literal" ? String(expression.value) : "";

/** The module in `module.outputs.name`. */
function outputOwner(
  template: Template,
  found: Expression,
): Module | undefined {
  if (found.kind !== "member" || found.target.kind !== "member")
    return undefined;
  const { name, target } = found.target;
  return name === "outputs" && target.kind === "name"
    ? template.modules.get(target.name)
    : undefined;
}

function exposesSecret(
  { name, value }: Output,
  parameters: ReadonlyMap<string, Parameter>,
): boolean {
  const isSecret = (found: Expression): boolean => {
    if (found.kind === "name")
      return parameters.get(found.name)?.decorators.has("secure") === true;
    if (found.kind === "call") return found.name.startsWith("list");
    return (
      found.kind === "member" &&
      /key$|secret|connectionstring/i.test(found.name)
    );
  };
  return (
    /connectionString|(api|account|access)Key$|secret|password/i.test(name) ||
    [...subexpressions(value)].some(isSecret)
  );
}
