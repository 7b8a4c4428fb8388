/** Reachability and name resolution in the private network. */
import { asText, at, listOf } from "../reader/value";
import { resourcesOfType, type Repository } from "../repository";
import type { Rules } from "./rule";

const network = "bicep/modules/network.bicep";
const main = "bicep/main.bicep";

const privateApi = (repository: Repository) =>
  repository.deployment("prod", { publicHttpAccess: false });

/** Deployments that together contain all optional resources. */
const variants = (repository: Repository) => [
  repository.deployment("dev"),
  repository.deployment("prod"),
  privateApi(repository),
  repository.deployment("dev", { publicHttpAccess: false }),
  repository.deployment("prod", {
    durableBackend: "DurableTaskScheduler",
    cosmosEnabled: true,
  }),
  repository.deployment("prod", {
    model: "azure-openai-existing",
    openAiResourceGroupName: "rg-models",
    openAiAccountName: "models",
  }),
];

export const networkRules: Rules = {
  "clients in the network reach a private API": {
    problems: (repository) => {
      const deployment = privateApi(repository);
      const [endpoint] = resourcesOfType(
        deployment,
        "Microsoft.Network/privateEndpoints",
      ).filter(({ name }) => name === "pe-function-app");
      const subnetName = asText(at(endpoint?.body, "properties.subnet.id"))
        .split("/")
        .at(-1);
      const group = groupOf(deployment, subnetName ?? "");
      const isOpen = listOf(at(group, "properties.securityRules")).some(
        (rule) =>
          at(rule, "properties.access") === "Allow" &&
          at(rule, "properties.sourceAddressPrefix") === "VirtualNetwork" &&
          at(rule, "properties.destinationPortRange") === "443",
      );
      return isOpen
        ? []
        : [`no client can reach the subnet ${subnetName ?? ""}`];
    },
    violations: [
      {
        path: main,
        from: "network!.outputs.apiSubnetId",
        to: "network!.outputs.privateEndpointSubnetId",
      },
      {
        path: network,
        from: "sourceAddressPrefix: 'VirtualNetwork'",
        to: "sourceAddressPrefix: appPrefix",
      },
    ],
  },
  "subnets are consecutive ranges of the network": {
    problems: (repository) => {
      const [found] = resourcesOfType(
        repository.deployment("prod", { networkAddressSpace: "10.60.8.0/22" }),
        "Microsoft.Network/virtualNetworks",
      );
      const prefixes = listOf(at(found?.body, "properties.subnets")).map(
        (subnet) => asText(at(subnet, "properties.addressPrefix")),
      );
      const expected = ["10.60.8.0/24", "10.60.9.0/24", "10.60.10.0/24"];
      return prefixes.join() === expected.join() ? [] : prefixes;
    },
    violations: [
      {
        path: network,
        from: "cidrSubnet(addressSpace, 24, 2)",
        to: "cidrSubnet(addressSpace, 24, 1)",
      },
      {
        path: network,
        from: "cidrSubnet(addressSpace, 24, 0)",
        to: "'10.10.0.0/24'",
      },
    ],
  },
  "every private endpoint has its DNS zone, and every zone has an endpoint": {
    problems: (repository) =>
      variants(repository).flatMap((deployment) => {
        const zones = resourcesOfType(
          deployment,
          "Microsoft.Network/privateDnsZones",
        ).map(({ name }) => name);
        const used = resourcesOfType(
          deployment,
          "Microsoft.Network/privateEndpoints/privateDnsZoneGroups",
        ).map(({ body }) =>
          asText(
            at(
              body,
              "properties.privateDnsZoneConfigs.0.properties.privateDnsZoneId",
            ),
          ).replace(/^.*\/|»$/g, ""),
        );
        return [
          ...zones.filter((zone) => !used.includes(zone)),
          ...used.filter((zone) => !zones.includes(zone)),
        ];
      }),
    violations: [
      {
        path: main,
        from: "  networkIsolation && cosmosEnabled ? cosmosZoneNames : [],\n",
        to: "  cosmosZoneNames,\n",
      },
      {
        path: main,
        from: "publicHttpAccess ? [] : siteZoneNames",
        to: "publicHttpAccess ? [] : []",
      },
    ],
  },
  "an existing model has a private endpoint too": {
    problems: (repository) => {
      const groups = resourcesOfType(
        repository.deployment("prod", {
          model: "azure-openai-existing",
          openAiResourceGroupName: "rg-models",
          openAiAccountName: "models",
        }),
        "Microsoft.Network/privateEndpoints",
      ).map(({ name }) => name);
      return groups.includes("pe-openai") ? [] : groups;
    },
    violations: [
      {
        path: main,
        from: "var openAiTargets = networkIsolation && (isNewOpenAi || isExistingOpenAi) ?",
        to: "var openAiTargets = networkIsolation && isNewOpenAi ?",
      },
    ],
  },
};

function groupOf(
  deployment: ReturnType<Repository["deployment"]>,
  subnetName: string,
) {
  const [found] = resourcesOfType(
    deployment,
    "Microsoft.Network/virtualNetworks",
  );
  const subnet = listOf(at(found?.body, "properties.subnets")).find(
    (each) => at(each, "name") === subnetName,
  );
  const id = asText(at(subnet, "properties.networkSecurityGroup.id") ?? "");
  return resourcesOfType(
    deployment,
    "Microsoft.Network/networkSecurityGroups",
  ).find(({ path }) => id === `«${path}»`)?.body;
}
