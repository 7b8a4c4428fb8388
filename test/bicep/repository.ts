/** The files that the checks read and the deployments that they define. Tests change files in memory. */
import { readFileSync } from "node:fs";
import { globSync } from "tinyglobby";
import { deploy, type Deployed, type Deployment } from "./reader/deployment";
import { evaluate, type Scope } from "./reader/evaluate";
import { functions } from "./reader/functions";
import { bicepParser, type Parse } from "./reader/syntax";
import {
  readAssignments,
  readTemplate,
  type Template,
} from "./reader/template";
import type { Properties } from "./reader/value";

export interface Repository {
  readonly paths: readonly string[];
  text(path: string): string;
  template(path: string): Template;
  json(path: string): unknown;
  /** The deployment of a parameter file, with some parameters replaced. */
  deployment(parameterFile: "dev" | "prod", changes?: Properties): Deployment;
}

/** The files that the checks read. */
const patterns = [
  "bicep/**/*.{bicep,bicepparam,json,kql}",
  ".github/workflows/*.yml",
  "azure.yaml",
  "host.json",
  "package.json",
  "service-bus.json",
  "bench/package-budget.json",
  "local.settings.json.example",
  "docs/**/*.md",
  "{orchestrators,activities,entities,src}/**/*.ts",
];

/** Parsed templates by their text, shared by all repositories. */
const templates = new Map<string, Template>();

export async function openRepository(): Promise<Repository> {
  const parse = await bicepParser();
  const files = new Map(
    globSync(patterns, { ignore: ["src/cli/**"], dot: true })
      .map((path) => path.replaceAll("\\", "/"))
      .sort()
      .map((path) => [path, readFileSync(path, "utf8")]),
  );
  return createRepository(files, parse);
}

const parsers = new WeakMap<Repository, Parse>();
const sources = new WeakMap<Repository, ReadonlyMap<string, string>>();

function createRepository(
  files: ReadonlyMap<string, string>,
  parse: Parse,
): Repository {
  const text = (path: string) => {
    const found = files.get(path);
    if (found === undefined)
      throw new Error(`The checks do not read the file ${path}.`);
    return found;
  };
  const template = (path: string) => {
    const source = text(path);
    const found = templates.get(source) ?? readTemplate(parse, source);
    templates.set(source, found);
    return found;
  };
  const deployments = new Map<string, Deployment>();
  const repository: Repository = {
    paths: [...files.keys()],
    text,
    template,
    json: (path) => JSON.parse(text(path)) as unknown,
    deployment(parameterFile, changes = {}) {
      const key = JSON.stringify([parameterFile, changes]);
      const found =
        deployments.get(key) ??
        deploy({ template, text }, "bicep/main.bicep", {
          ...parametersOf(parse, text(`bicep/${parameterFile}.bicepparam`)),
          ...changes,
        });
      deployments.set(key, found);
      return found;
    },
  };
  parsers.set(repository, parse);
  sources.set(repository, files);
  return repository;
}

/** Returns the repository with a text in a file replaced. Throws when the file does not contain the text. */
export function withReplacement(
  repository: Repository,
  path: string,
  from: string,
  to: string,
): Repository {
  const before = repository.text(path);
  if (!before.includes(from))
    throw new Error(`${path} does not contain: ${from}`);
  return withFile(
    repository,
    path,
    before.replaceAll(from, () => to),
  );
}

/** Returns the repository with another text in a file, which may be a new one. */
export function withFile(
  repository: Repository,
  path: string,
  text: string,
): Repository {
  const parse = parsers.get(repository);
  if (parse === undefined) throw new Error("This repository was not opened.");
  return createRepository(
    new Map(sources.get(repository)).set(path, text),
    parse,
  );
}

function parametersOf(parse: Parse, source: string): Properties {
  const assignments = readAssignments(parse, source);
  const scope: Scope = {
    name: (name) => {
      const value = assignments.get(name);
      if (value === undefined) throw new Error(`unknown name ${name}`);
      return evaluate(value, scope);
    },
    call: (name) => {
      const found = functions[name];
      if (found === undefined) throw new Error(`unknown function ${name}`);
      return found;
    },
  };
  return Object.fromEntries(
    [...source.matchAll(/^param (\w+) =/gm)].map(([, name = ""]) => [
      name,
      scope.name(name),
    ]),
  );
}

export const resourcesOfType = (
  { resources }: Deployment,
  type: string,
): readonly Deployed[] => resources.filter((found) => found.type === type);
