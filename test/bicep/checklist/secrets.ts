import { asText, listOf } from "../reader/value";
import { ofType, type Repository } from "../repository";
import { bicepFiles, inProd, type Row, unlike, vaults } from "./row";

const functionApp = "bicep/modules/function-app.bicep";
const keyVault = "bicep/modules/key-vault.bicep";
const withModelKey = (repository: Repository) =>
  repository.deployment("prod", {
    model: "openai",
    modelBaseUrl: "https://models.example/v1",
    modelApiKey: "a key",
  });

export const secrets: readonly Row[] = [
  {
    number: 33,
    requirement: "the vault goes by roles and cannot be purged",
    problems: (repository) => [
      ...unlike(vaults(repository), "properties.enableRbacAuthorization", true),
      ...unlike(vaults(repository), "properties.enablePurgeProtection", true),
      ...unlike(vaults(repository), "properties.softDeleteRetentionInDays", 90),
    ],
    breaking: [
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
    requirement: "secrets are references, and parameters of secrets are secure",
    problems: (repository) => [
      ...unlike(
        ofType(withModelKey(repository), "Microsoft.Web/sites/config"),
        "properties.OPENAI_API_KEY",
        (value) => asText(value).startsWith("@Microsoft.KeyVault("),
      ),
      ...unlike(
        ofType(withModelKey(repository), "Microsoft.Web/sites"),
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
    breaking: [
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
    requirement: "secrets expire, and an alert is sent before",
    problems: (repository) => [
      ...unlike(
        ofType(withModelKey(repository), "Microsoft.KeyVault/vaults/secrets"),
        "properties.attributes.exp",
        (end) => typeof end === "number",
      ),
      ...unlike(
        inProd(
          repository,
          "Microsoft.EventGrid/systemTopics/eventSubscriptions",
        ),
        "properties.filter.includedEventTypes",
        (types) =>
          listOf(types).includes("Microsoft.KeyVault.SecretNearExpiry"),
      ),
    ],
    breaking: [
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
