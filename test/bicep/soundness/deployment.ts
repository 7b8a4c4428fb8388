/** Rules of the deployment service that the compiler does not check. */
import type { Expression } from "../reader/expression";
import type { Template } from "../reader/template";
import { asText, at } from "../reader/value";
import { subexpressions } from "../reader/walk";
import { literalOf } from "../template-rules";
import { resourcesOfType } from "../repository";
import type { Rules } from "./rule";

const functionApp = "bicep/modules/function-app.bicep";
const main = "bicep/main.bicep";

export const deploymentRules: Rules = {
  "names, conditions and loops use only values that are known before the deployment":
    {
      problems: (repository) =>
        repository.paths
          .filter((path) => path.endsWith(".bicep"))
          .flatMap((path) =>
            findLateExpressions(repository.template(path)).map(
              (found) => `${path}: ${found}`,
            ),
          ),
      violations: [
        {
          path: "bicep/modules/key-vault.bicep",
          from: "guid(vault.id, principalId, secretsUser)",
          to: "guid(vault.properties.vaultUri, principalId, secretsUser)",
        },
        {
          path: main,
          from: "module budget 'modules/budget.bicep' = if (budgetAmount > 0) {",
          to: "module budget 'modules/budget.bicep' = if (!empty(monitoring.outputs.actionGroupId)) {",
        },
      ],
    },
  "child resources of the function app are deployed one after another": {
    problems: (repository) => {
      const { resources } = repository.template(functionApp);
      const children = [...resources.values()].filter(({ body }) =>
        isNamed(entryOf(body, "parent"), "site"),
      );
      const dependent = children.filter(
        ({ body }) => entryOf(body, "dependsOn") !== undefined,
      );
      return children
        .filter((child) => !dependent.includes(child))
        .slice(1)
        .map(({ symbol }) => `${symbol} has no dependsOn`);
    },
    violations: [
      {
        path: functionApp,
        from: "  dependsOn: [\n    ftpPolicy\n  ]\n",
        to: "",
      },
    ],
  },
  "a budget starts on the first of a month, also when its variable is not set":
    {
      problems: (repository) =>
        (["dev", "prod"] as const)
          .flatMap((file) =>
            resourcesOfType(
              repository.deployment(file),
              "Microsoft.Consumption/budgets",
            ).map(({ body }) =>
              asText(at(body, "properties.timePeriod.startDate")),
            ),
          )
          .filter((date) => !/^\d{4}-\d\d-01$/.test(date)),
      violations: [
        {
          path: "bicep/dev.bicepparam",
          from: "empty(budgetStart) ? '2026-12-01' : budgetStart",
          to: "budgetStart",
        },
      ],
    },
  "a zone-redundant scheduler has 3 capacity units": {
    problems: (repository) =>
      resourcesOfType(
        repository.deployment("prod", {
          durableBackend: "DurableTaskScheduler",
        }),
        "Microsoft.DurableTask/schedulers",
      )
        .map(({ body }) => at(body, "properties.sku"))
        .filter(
          (sku) => at(sku, "name") !== "Dedicated" || at(sku, "capacity") !== 3,
        )
        .map((sku) => JSON.stringify(sku)),
    violations: [
      {
        path: main,
        from: "capacityUnits: zoneRedundant ? 3 : 1",
        to: "capacityUnits: 1",
      },
    ],
  },
};

/** The value of a key in the body of a resource, also within a condition or a loop. */
function entryOf(body: Expression, key: string): Expression | undefined {
  if (body.kind === "if" || body.kind === "loop")
    return entryOf(body.body, key);
  return body.kind === "object"
    ? body.entries.find((entry) => literalOf(entry.key) === key)?.value
    : undefined;
}

const isNamed = (found: Expression | undefined, name: string): boolean =>
  found?.kind === "name" && found.name === name;

/** Symbols whose name, condition or loop is known only after the deployment: the compiler's BCP120 and BCP178. */
function findLateExpressions(template: Template): readonly string[] {
  const declared = [
    ...template.resources.values(),
    ...template.modules.values(),
  ];
  return declared.flatMap(({ symbol, body }) =>
    expressionsNeededAtStart(body)
      .filter((found) => isKnownAfterDeployment(found, template))
      .map(() => symbol),
  );
}

function expressionsNeededAtStart(body: Expression): readonly Expression[] {
  const name = entryOf(body, "name");
  const names = name === undefined ? [] : [name];
  if (body.kind === "if")
    return [body.condition, ...expressionsNeededAtStart(body.body)];
  return body.kind === "loop" ? [body.over, ...names] : names;
}

/** True if the expression, or a variable in it, uses a property of a resource or an output of a module. */
const isKnownAfterDeployment = (
  expression: Expression,
  template: Template,
): boolean =>
  [...subexpressions(expression)].some((found) => {
    if (found.kind === "name") {
      const variable = template.variables.get(found.name);
      return (
        variable !== undefined && isKnownAfterDeployment(variable, template)
      );
    }
    if (found.kind !== "member") return false;
    const { target, name } = found;
    return (
      target.kind === "name" &&
      ((template.modules.has(target.name) && name === "outputs") ||
        (template.resources.has(target.name) && name === "properties"))
    );
  });
