/** A requirement of a production deployment, with the check that verifies it. */
import type { Deployed, Deployment } from "../reader/deployment";
import { at, type Value } from "../reader/value";
import { resourcesOfType, type Repository } from "../repository";

export interface Row {
  readonly number: number;
  /** Title of its test, in the present tense. */
  readonly requirement: string;
  /** Problems with their location; empty if the requirement is met. */
  readonly problems: (repository: Repository) => readonly string[];
  /** Changes that each violate this requirement and no other. They prove that the test can fail. */
  readonly violations: readonly [Change, ...Change[]];
}
export interface Change {
  readonly path: string;
  readonly from: string;
  readonly to: string;
}

type Expected = Value | ((value: Value | undefined) => boolean);

/** Lists the resources whose value at `path` is not the expected one. An empty list of resources is a problem too. */
export function mismatches(
  resources: readonly Deployed[],
  path: string,
  expected: Expected,
): readonly string[] {
  if (resources.length === 0) return [`no resource has the property ${path}`];
  return resources
    .filter(({ body }) => !matches(at(body, path), expected))
    .map(
      (resource) =>
        `${resource.path}: ${path} is ${JSON.stringify(at(resource.body, path))}`,
    );
}

const matches = (value: Value | undefined, expected: Expected): boolean =>
  typeof expected === "function"
    ? expected(value)
    : JSON.stringify(value) === JSON.stringify(expected);

/** Returns `problem` when the condition does not hold. */
export const problemUnless = (
  holds: boolean,
  problem: string,
): readonly string[] => (holds ? [] : [problem]);

/** Resources of a type in the deployment of `prod.bicepparam`. */
export const prodResources = (
  repository: Repository,
  type: string,
): readonly Deployed[] => resourcesOfType(repository.deployment("prod"), type);

/** The storage account of the given module: `hostStorage` or `dataStorage`. */
export const resourcesOfModule = (
  resources: readonly Deployed[],
  module: string,
): readonly Deployed[] =>
  resources.filter(({ path }) => path.startsWith(`${module}.`));

/** The value at a path of host.json, if any. */
export const hostJson = (
  repository: Repository,
  path: string,
): Value | undefined => at(repository.json("host.json") as Value, path);

/** Path and text of each deployed source file. */
export const sourceFiles = (
  repository: Repository,
): readonly (readonly [string, string])[] =>
  repository.paths
    .filter((path) => path.endsWith(".ts"))
    .map((path) => [path, repository.text(path)]);

/** Parses `hh:mm:ss`; returns Infinity for anything else. */
export function parseSeconds(span: Value | undefined): number {
  const [, hours, minutes, rest] =
    /^(\d+):(\d+):(\d+)/.exec(typeof span === "string" ? span : "") ?? [];
  return hours === undefined
    ? Infinity
    : Number(hours) * 3600 + Number(minutes) * 60 + Number(rest);
}

/** Path and text of each Bicep file. */
export const bicepFiles = (
  repository: Repository,
): readonly (readonly [string, string])[] =>
  repository.paths
    .filter((path) => path.endsWith(".bicep"))
    .map((path) => [path, repository.text(path)]);

export const accounts = (repository: Repository): readonly Deployed[] =>
  prodResources(repository, "Microsoft.Storage/storageAccounts");
export const sites = (repository: Repository): readonly Deployed[] =>
  prodResources(repository, "Microsoft.Web/sites");
export const vaults = (repository: Repository): readonly Deployed[] =>
  prodResources(repository, "Microsoft.KeyVault/vaults");
export const namespaces = (repository: Repository): readonly Deployed[] =>
  prodResources(repository, "Microsoft.ServiceBus/namespaces");

/** The production deployment with all optional resources. */
export const deployAllOptions = (repository: Repository): Deployment =>
  repository.deployment("prod", {
    durableBackend: "DurableTaskScheduler",
    cosmosEnabled: true,
    entraClientId: "api",
    publicHttpAccess: false,
  });

export const isBetween = (from: number, to: number) => (value: unknown) =>
  typeof value === "number" && value >= from && value <= to;
