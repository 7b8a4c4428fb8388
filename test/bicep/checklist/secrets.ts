import { asText, listOf } from "../reader/value";
import { resourcesOfType, type Repository } from "../repository";
import { bicepFiles, prodResources, type Row, mismatches, vaults } from "./row";

const functionApp = "bicep/modules/function-app.bicep";
const keyVault = "bicep/modules/key-vault.bicep";
const deployWithModelKey = (repository: Repository) =>
  repository.deployment("prod", {
    model: "openai",
    modelBaseUrl: "https://models.example/v1",
    modelApiKey: "a key",
  });

export const secrets: readonly Row[] = [
  {
    number: 33,
    requirement: "the vault uses role-based access and purge protection",
    problems: (repository) => [
      ...mismatches(
        vaults(repository),
        "properties.enableRbacAuthorization",
        true,
      ),
      ...mismatches(
        vaults(repository),
        "properties.enablePurgeProtection",
        true,
      ),
      ...mismatches(
        vaults(repository),
        "properties.softDeleteRetentionInDays",
        90,
      ),
    ],
    violations: [
      {
        path: keyVault,
        from: "enableRbacAuthorization: true",
        to: "enableRbacAuthorization: false",
      },
      {
        path: "bicep/main.bicep",
        from: "    purgeProtection: environmentType == 'prod'",
        to: "    purgeProtection: false",
      },
      {
        path: "bicep/modules/key-vault.bicep",
        from: "softDeleteRetentionInDays: 90",
        to: "softDeleteRetentionInDays: 7",
      },
    ],
  },
  {
    number: 34,
    requirement:
      "secrets are Key Vault references, and secret parameters are secure",
    problems: (repository) => [
      ...mismatches(
        resourcesOfType(
          deployWithModelKey(repository),
          "Microsoft.Web/sites/config",
        ),
        "properties.OPENAI_API_KEY",
        (value) => asText(value).startsWith("@Microsoft.KeyVault("),
      ),
      ...mismatches(
        resourcesOfType(deployWithModelKey(repository), "Microsoft.Web/sites"),
        "properties.keyVaultReferenceIdentity",
        (id) => asText(id).includes("identity"),
      ),
      ...bicepFiles(repository).flatMap(([path]) =>
        [...repository.template(path).parameters.values()]
          .filter(({ name }) => /(ApiKey|Secret|Password)$/.test(name))
          .filter(({ decorators }) => !decorators.has("secure"))
          .map(({ name }) => `${path}: ${name} is not secure`),
      ),
    ],
    violations: [
      {
        path: functionApp,
        from: "'@Microsoft.KeyVault(VaultName=",
        to: "'(VaultName=",
      },
      { path: "bicep/modules/key-vault.bicep", from: "@secure()\n", to: "" },
      {
        path: "bicep/modules/function-app.bicep",
        from: "    keyVaultReferenceIdentity: identityId\n",
        to: "",
      },
    ],
  },
  {
    number: 35,
    requirement: "secrets expire, and an alert is sent before they do",
    problems: (repository) => [
      ...mismatches(
        resourcesOfType(
          deployWithModelKey(repository),
          "Microsoft.KeyVault/vaults/secrets",
        ),
        "properties.attributes.exp",
        (end) => typeof end === "number",
      ),
      ...mismatches(
        prodResources(
          repository,
          "Microsoft.EventGrid/systemTopics/eventSubscriptions",
        ),
        "properties.filter.includedEventTypes",
        (types) =>
          listOf(types).includes("Microsoft.KeyVault.SecretNearExpiry"),
      ),
    ],
    violations: [
      {
        path: keyVault,
        from: "exp: modelApiKeyExpires",
        to: "nbf: modelApiKeyExpires",
      },
      {
        path: "bicep/modules/alerts.bicep",
        from: "        'Microsoft.KeyVault.SecretNearExpiry'\n",
        to: "",
      },
    ],
  },
];
