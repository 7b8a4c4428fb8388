/** Rules of the deployment service that the compiler does not check. */
import type { Expression } from "../reader/expression";
import type { Template } from "../reader/template";
import { asText, at } from "../reader/value";
import { within } from "../reader/walk";
import { literalOf } from "../template-rules";
import { ofType } from "../repository";
import type { Rules } from "./rule";

const functionApp = "bicep/modules/function-app.bicep";
const main = "bicep/main.bicep";

export const makingRules: Rules = {
  "names, conditions and loops are known before anything is made": {
    problems: (repository) =>
      repository.paths
        .filter((path) => path.endsWith(".bicep"))
        .flatMap((path) =>
          knownTooLate(repository.template(path)).map(
            (found) => `${path}: ${found}`,
          ),
        ),
    breaking: [
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
  "one app is not changed by two at a time": {
    problems: (repository) => {
      const { resources } = repository.template(functionApp);
      const children = [...resources.values()].filter(({ body }) =>
        isNamed(entryOf(body, "parent"), "site"),
      );
      const waiting = children.filter(
        ({ body }) => entryOf(body, "dependsOn") !== undefined,
      );
      return children
        .filter((child) => !waiting.includes(child))
        .slice(1)
        .map(({ symbol }) => `${symbol} waits for no other`);
    },
    breaking: [
      {
        path: functionApp,
        from: "  dependsOn: [\n    ftpPolicy\n  ]\n",
        to: "",
      },
    ],
  },
  "a budget begins on the first of a month, also when no variable says of which":
    {
      problems: (repository) =>
        (["dev", "prod"] as const)
          .flatMap((file) =>
            ofType(
              repository.deployment(file),
              "Microsoft.Consumption/budgets",
            ).map(({ body }) =>
              asText(at(body, "properties.timePeriod.startDate")),
            ),
          )
          .filter((date) => !/^\d{4}-\d\d-01$/.test(date)),
      breaking: [
        {
          path: "bicep/dev.bicepparam",
          from: "empty(budgetStart) ? '2026-12-01' : budgetStart",
          to: "budgetStart",
        },
      ],
    },
  "a scheduler in several zones has the units for it": {
    problems: (repository) =>
      ofType(
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
    breaking: [
      {
        path: main,
        from: "capacityUnits: zoneRedundant ? 3 : 1",
        to: "capacityUnits: 1",
      },
    ],
  },
};

/** The value of a key of a resource, which may be conditional or one of many. */
function entryOf(body: Expression, key: string): Expression | undefined {
  if (body.kind === "if" || body.kind === "loop")
    return entryOf(body.body, key);
  return body.kind === "object"
    ? body.entries.find((entry) => literalOf(entry.key) === key)?.value
    : undefined;
}

const isNamed = (found: Expression | undefined, name: string): boolean =>
  found?.kind === "name" && found.name === name;

/** Expressions that must be known at the start, and are not: the compiler's BCP120 and BCP178. */
function knownTooLate(template: Template): readonly string[] {
  const declared = [
    ...template.resources.values(),
    ...template.modules.values(),
  ];
  return declared.flatMap(({ symbol, body }) =>
    neededAtStart(body)
      .filter((found) => isLate(found, template))
      .map(() => symbol),
  );
}

function neededAtStart(body: Expression): readonly Expression[] {
  const name = entryOf(body, "name");
  const own = name === undefined ? [] : [name];
  if (body.kind === "if") return [body.condition, ...neededAtStart(body.body)];
  return body.kind === "loop" ? [body.over, ...own] : own;
}

/** Whether it, or a variable in it, asks for a property that a service gives or for an output of a module. */
const isLate = (expression: Expression, template: Template): boolean =>
  [...within(expression)].some((found) => {
    if (found.kind === "name") {
      const variable = template.variables.get(found.name);
      return variable !== undefined && isLate(variable, template);
    }
    if (found.kind !== "member") return false;
    const { target, name } = found;
    return (
      target.kind === "name" &&
      ((template.modules.has(target.name) && name === "outputs") ||
        (template.resources.has(target.name) && name === "properties"))
    );
  });
