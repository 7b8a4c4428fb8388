/** One requirement of a production deployment, and how the repository proves it. */
import type { Deployed, Deployment } from "../reader/deployment";
import { at, type Value } from "../reader/value";
import { ofType, type Repository } from "../repository";

export interface Row {
  readonly number: number;
  /** A sentence in the present tense: the name of its test. */
  readonly requirement: string;
  /** Problems with their location; empty if the requirement is met. */
  readonly problems: (repository: Repository) => readonly string[];
  /** Changes that each violate this requirement and no other, to prove that the test can fail. */
  readonly breaking: readonly [Change, ...Change[]];
}
export interface Change {
  readonly path: string;
  readonly from: string;
  readonly to: string;
}

type Wanted = Value | ((value: Value | undefined) => boolean);

/** What resources lack at a path. None at all is a problem too. */
export function unlike(
  resources: readonly Deployed[],
  path: string,
  wanted: Wanted,
): readonly string[] {
  if (resources.length === 0)
    return [`there is no resource whose ${path} could be as wanted`];
  return resources
    .filter(({ body }) => !isAsWanted(at(body, path), wanted))
    .map(
      (resource) =>
        `${resource.path}: ${path} is ${JSON.stringify(at(resource.body, path))}`,
    );
}

const isAsWanted = (value: Value | undefined, wanted: Wanted): boolean =>
  typeof wanted === "function"
    ? wanted(value)
    : JSON.stringify(value) === JSON.stringify(wanted);

/** Nothing, if it holds; otherwise the one problem. */
export const unless = (holds: boolean, problem: string): readonly string[] =>
  holds ? [] : [problem];

/** Resources of a type as `prod` deploys them. */
export const inProd = (
  repository: Repository,
  type: string,
): readonly Deployed[] => ofType(repository.deployment("prod"), type);

/** The storage account of the given module: `hostStorage` or `dataStorage`. */
export const partOf = (
  resources: readonly Deployed[],
  module: string,
): readonly Deployed[] =>
  resources.filter(({ path }) => path.startsWith(`${module}.`));

/** A value of host.json; undefined where there is none. */
export const hostJson = (
  repository: Repository,
  path: string,
): Value | undefined => at(repository.json("host.json") as Value, path);

/** Deployed code, by path. */
export const code = (
  repository: Repository,
): readonly (readonly [string, string])[] =>
  repository.paths
    .filter((path) => path.endsWith(".ts"))
    .map((path) => [path, repository.text(path)]);

/** Seconds of `hh:mm:ss`; without end for anything else. */
export function seconds(span: Value | undefined): number {
  const [, hours, minutes, rest] =
    /^(\d+):(\d+):(\d+)/.exec(typeof span === "string" ? span : "") ?? [];
  return hours === undefined
    ? Infinity
    : Number(hours) * 3600 + Number(minutes) * 60 + Number(rest);
}

/** All Bicep of the repository, by path. */
export const bicepFiles = (
  repository: Repository,
): readonly (readonly [string, string])[] =>
  repository.paths
    .filter((path) => path.endsWith(".bicep"))
    .map((path) => [path, repository.text(path)]);

export const accounts = (repository: Repository): readonly Deployed[] =>
  inProd(repository, "Microsoft.Storage/storageAccounts");
export const sites = (repository: Repository): readonly Deployed[] =>
  inProd(repository, "Microsoft.Web/sites");
export const vaults = (repository: Repository): readonly Deployed[] =>
  inProd(repository, "Microsoft.KeyVault/vaults");
export const namespaces = (repository: Repository): readonly Deployed[] =>
  inProd(repository, "Microsoft.ServiceBus/namespaces");

/** Everything that can be asked for by parameter. */
export const everything = (repository: Repository): Deployment =>
  repository.deployment("prod", {
    durableBackend: "DurableTaskScheduler",
    cosmosEnabled: true,
    entraClientId: "api",
    publicHttpAccess: false,
  });

export const isBetween = (from: number, to: number) => (value: unknown) =>
  typeof value === "number" && value >= from && value <= to;
