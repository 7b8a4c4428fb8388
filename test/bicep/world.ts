/** The repository as the checks see it: files by path, which a test may change in memory, and what they deploy. */
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

export interface World {
  readonly paths: readonly string[];
  text(path: string): string;
  template(path: string): Template;
  json(path: string): unknown;
  /** What a parameter file deploys, with parameters of it replaced. */
  deployment(parameterFile: "dev" | "prod", changes?: Properties): Deployment;
}

/** What the checks read; everything else in the repository is nothing to them. */
const patterns = [
  "bicep/**/*.{bicep,bicepparam,json,kql}",
  ".github/workflows/*.yml",
  "azure.yaml",
  "host.json",
  "package.json",
  "service-bus.json",
  "test/package/budget.json",
  "local.settings.json.example",
  "docs/*.md",
  "{orchestrators,activities,entities,src}/**/*.ts",
];

/** Templates by their text: what does not change is read once for all worlds. */
const templates = new Map<string, Template>();

export async function openWorld(): Promise<World> {
  const parse = await bicepParser();
  const files = new Map(
    globSync(patterns, { ignore: ["src/local/**", "src/cli/**"], dot: true })
      .map((path) => path.replaceAll("\\", "/"))
      .sort()
      .map((path) => [path, readFileSync(path, "utf8")]),
  );
  return worldOf(files, parse);
}

const parsers = new WeakMap<World, Parse>();
const sources = new WeakMap<World, ReadonlyMap<string, string>>();

function worldOf(files: ReadonlyMap<string, string>, parse: Parse): World {
  const text = (path: string) => {
    const found = files.get(path);
    if (found === undefined) throw new Error(`There is no file ${path}.`);
    return found;
  };
  const template = (path: string) => {
    const source = text(path);
    const found = templates.get(source) ?? readTemplate(parse, source);
    templates.set(source, found);
    return found;
  };
  const deployments = new Map<string, Deployment>();
  const world: World = {
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
  parsers.set(world, parse);
  sources.set(world, files);
  return world;
}

/** The same world with one text in one file replaced; throws when the text is not there. */
export function changed(
  world: World,
  path: string,
  from: string,
  to: string,
): World {
  const before = world.text(path);
  if (!before.includes(from))
    throw new Error(`${path} does not contain: ${from}`);
  return withFile(
    world,
    path,
    before.replaceAll(from, () => to),
  );
}

/** The same world with another text in one file, which need not be there yet. */
export function withFile(world: World, path: string, text: string): World {
  const parse = parsers.get(world);
  if (parse === undefined) throw new Error("This world was not opened.");
  return worldOf(new Map(sources.get(world)).set(path, text), parse);
}

function parametersOf(parse: Parse, source: string): Properties {
  const assignments = readAssignments(parse, source);
  const scope: Scope = {
    name: (name) => {
      const value = assignments.get(name);
      if (value === undefined) throw new Error(`nothing is called ${name}`);
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

export const ofType = (
  { resources }: Deployment,
  type: string,
): readonly Deployed[] => resources.filter((found) => found.type === type);
