/** The functions of Bicep that the templates use. https://learn.microsoft.com/azure/azure-resource-manager/bicep/bicep-functions */
import { createHash } from "node:crypto";
import {
  asText,
  Handle,
  isList,
  isProperties,
  type Properties,
  unknown,
  type Value,
} from "./value";

/** An omitted argument is undefined. */
export type BicepFunction = (...args: readonly (Value | undefined)[]) => Value;

const text = (value: Value | undefined): string =>
  typeof value === "string" || typeof value === "number"
    ? String(value)
    : fail("text", value);
const number = (value: Value | undefined): number =>
  typeof value === "number" ? value : fail("a number", value);
const list = (value: Value | undefined): readonly Value[] =>
  isList(value) ? value : fail("a list", value);
const properties = (value: Value | undefined): Properties =>
  isProperties(value) ? value : fail("an object", value);

function fail(wanted: string, value: Value | undefined): never {
  throw new Error(`${JSON.stringify(value)} is not ${wanted}`);
}

const hash = (args: readonly (Value | undefined)[]): string =>
  createHash("sha256").update(args.map(text).join("\0")).digest("hex");

function subnet(network: string, length: number, index: number): string {
  const [address = "", prefix = ""] = network.split("/");
  const start = address
    .split(".")
    .reduce((sum, part) => sum * 256 + Number(part), 0);
  if (length < Number(prefix) || index >= 2 ** (length - Number(prefix)))
    throw new Error(`${network} has no network ${index} of /${length}`);
  const at = start + index * 2 ** (32 - length);
  const parts = [24, 16, 8, 0].map(
    (shift) => Math.floor(at / 2 ** shift) % 256,
  );
  return `${parts.join(".")}/${length}`;
}

function isEmpty(value: Value | undefined): boolean {
  if (typeof value === "string") return value === "";
  if (isList(value)) return value.length === 0;
  return Object.keys(properties(value)).length === 0;
}

export const functions: Readonly<Record<string, BicepFunction | undefined>> = {
  /** Of IPv4 only. */
  cidrSubnet: (network, length, index) =>
    subnet(text(network), number(length), number(index)),
  contains: (value, part) => list(value).includes(part ?? null),
  concat: (...lists) => lists.flatMap(list),
  empty: isEmpty,
  environment: () => ({
    authentication: { loginEndpoint: "https://login.microsoftonline.com/" },
    suffixes: { storage: "core.windows.net" },
  }),
  guid: (...args) =>
    hash(args).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*/, "$1-$2-$3-$4-$5"),
  items: (value) =>
    Object.entries(properties(value))
      .sort(([a], [b]) => a.localeCompare(b))
      .map(([key, item]) => ({ key, value: item })),
  json: (value) => JSON.parse(text(value)) as Value,
  max: (...numbers) => Math.max(...numbers.map(number)),
  min: (...numbers) => Math.min(...numbers.map(number)),
  readEnvironmentVariable: (name, fallback) =>
    fallback === undefined ? unknown(text(name)) : text(fallback),
  replace: (value, from, to) => text(value).replaceAll(text(from), text(to)),
  resourceGroup: (name) =>
    new Handle((member) =>
      member === "name" && name !== undefined
        ? name
        : unknown(
            `resourceGroup(${name === undefined ? "" : text(name)}).${member}`,
          ),
    ),
  resourceId: (...parts) => unknown(parts.map(text).join("/")),
  split: (value, by) => text(value).split(text(by)),
  string: (value) =>
    typeof value === "object" ? JSON.stringify(value) : asText(value),
  subscription: () => ({ id: unknown("subscription().id") }),
  subscriptionResourceId: (type, id) =>
    `/subscriptions/${unknown("subscription")}/providers/${text(type)}/${text(id)}`,
  take: (value, count) => text(value).slice(0, number(count)),
  tenant: () => ({ tenantId: unknown("tenant().tenantId") }),
  toLower: (value) => text(value).toLowerCase(),
  union: (...objects) => Object.assign({}, ...objects.map(properties)) as Value,
  // The service returns 13 letters and digits.
  uniqueString: (...args) =>
    BigInt(`0x${hash(args).slice(0, 17)}`)
      .toString(36)
      .padStart(13, "a")
      .slice(0, 13),
};
