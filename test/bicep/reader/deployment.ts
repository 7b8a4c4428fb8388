/**
 * Evaluates a deployment: returns every resource of the root file and its modules with its values.
 *
 * Symbols are evaluated lazily and once, so the order of declarations does not matter, and using an output of an omitted
 * module throws.
 */
import { posix } from "node:path";
import type { Expression } from "./expression";
import { evaluate, omitted, type Scope } from "./evaluate";
import { functions, type BicepFunction } from "./functions";
import { checkArgument } from "./parameter";
import type { Parameter, Resource, Template } from "./template";
import {
  asText,
  at,
  Handle,
  isList,
  isProperties,
  type Properties,
  propertiesOf,
  unknown,
  type Value,
} from "./value";

export interface Deployed {
  /** Symbols from the root: `dataStorage.account`, `serviceBus.queues[0]`. */
  readonly path: string;
  readonly type: string;
  readonly apiVersion: string;
  readonly name: string;
  /** Path of its parent or of the resource that it extends. */
  readonly on: string | undefined;
  readonly body: Properties;
}
export interface Deployment {
  readonly resources: readonly Deployed[];
  readonly outputs: Properties;
}
/** Access to the files of a deployment. */
export interface Files {
  template(path: string): Template;
  text(path: string): string;
}

/** Throws when a parameter is missing, unknown or invalid, or when an expression cannot be evaluated. */
export function deploy(
  files: Files,
  path: string,
  parameters: Properties,
): Deployment {
  const resources: Deployed[] = [];
  const root = instance(files, path, "", parameters, resources);
  root.deploy();
  return { resources, outputs: root.outputs() };
}

interface Instance {
  deploy(): void;
  outputs(): Properties;
  output(name: string): Value;
}

const idsOf = new WeakMap<Handle, string>();

/** Values of the template, with placeholders for values that only the service knows. */
function view(value: Value | undefined, path: string): Value {
  if (value === undefined) return unknown(path);
  return isProperties(value)
    ? new Handle((member) => view(value[member], `${path}.${member}`))
    : value;
}

function instance(
  files: Files,
  file: string,
  prefix: string,
  given: Properties,
  into: Deployed[],
): Instance {
  const template = files.template(file);
  const folder = posix.dirname(file);
  const known = new Map<string, Value>();
  const children = new Map<string, Instance>();
  const local: Readonly<Record<string, BicepFunction>> = {
    loadTextContent: (path) => files.text(posix.join(folder, asText(path))),
    loadJsonContent: (path) =>
      JSON.parse(files.text(posix.join(folder, asText(path)))) as Value,
  };
  const scope: Scope = {
    name: (name) => {
      const found = known.get(name) ?? symbol(name);
      known.set(name, found);
      return found;
    },
    call: (name) => {
      const found = local[name] ?? functions[name];
      if (found === undefined) throw new Error(`unknown function ${name}`);
      return found;
    },
  };
  const pathOf = (name: string) => (prefix === "" ? name : `${prefix}.${name}`);

  function symbol(name: string): Value {
    const parameter = template.parameters.get(name);
    if (parameter !== undefined) return argument(parameter);
    const variable = template.variables.get(name);
    if (variable !== undefined) return evaluate(variable, scope);
    const resource = template.resources.get(name);
    if (resource !== undefined) return resourceValue(resource);
    if (template.modules.has(name)) return moduleHandle(name);
    throw new Error(`${file}: unknown name ${name}`);
  }

  function argument(parameter: Parameter): Value {
    const value = given[parameter.name];
    const found =
      value ?? (parameter.fallback && evaluate(parameter.fallback, scope));
    if (found === undefined)
      throw new Error(`${file}: parameter ${parameter.name} is not given`);
    return checkArgument(file, parameter, found, scope);
  }

  function resourceValue(resource: Resource): Value {
    const body = evaluate(resource.body, scope);
    const path = pathOf(resource.symbol);
    return isList(body)
      ? body.map((item, index) => handle(resource, item, `${path}[${index}]`))
      : handle(resource, body, path);
  }

  function handle(resource: Resource, body: Value, path: string): Handle {
    const result: Handle = new Handle((member) => {
      if (member === "id") return unknown(path);
      return view(at(body, member), `${path}.${member}`);
    });
    idsOf.set(result, path);
    if (!resource.existing && isProperties(body)) record(resource, body, path);
    return result;
  }

  function record(resource: Resource, body: Properties, path: string): void {
    const { name = "", scope: target, parent, ...rest } = body;
    const on = [parent, target].find((value) => value instanceof Handle);
    into.push({
      path,
      type: resource.type,
      apiVersion: resource.apiVersion,
      name: asText(name),
      on: on instanceof Handle ? idsOf.get(on) : undefined,
      body: rest,
    });
  }

  function child(name: string): Instance {
    const found = children.get(name);
    if (found !== undefined) return found;
    const module = template.modules.get(name);
    const body = module && evaluate(module.body, scope);
    if (module === undefined || body === omitted)
      throw new Error(`${file}: module ${name} is omitted but used`);
    const path = posix.join(folder, module.path);
    const created = instance(
      files,
      path,
      pathOf(name),
      propertiesOf(at(body, "params")),
      into,
    );
    children.set(name, created);
    return created;
  }

  const moduleHandle = (name: string): Handle =>
    new Handle((member) => {
      if (member !== "outputs") return unknown(`${pathOf(name)}.${member}`);
      return new Handle((output) => child(name).output(output));
    });

  const isOmitted = (body: Expression): boolean =>
    body.kind === "if" && evaluate(body.condition, scope) === false;

  return {
    deploy() {
      for (const name of Object.keys(given))
        if (!template.parameters.has(name))
          throw new Error(`${file}: there is no parameter ${name}`);
      for (const name of template.parameters.keys()) scope.name(name);
      for (const name of template.resources.keys()) scope.name(name);
      for (const { symbol: name, body } of template.modules.values())
        if (!isOmitted(body)) child(name).deploy();
    },
    outputs: () =>
      Object.fromEntries(
        [...template.outputs].map(([name, { value }]) => [
          name,
          evaluate(value, scope),
        ]),
      ),
    output(name) {
      const output = template.outputs.get(name);
      if (output === undefined)
        throw new Error(`${file}: there is no output ${name}`);
      return evaluate(output.value, scope);
    },
  };
}
