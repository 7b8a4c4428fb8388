import { asText, listOf } from "../reader/value";
import { ofType, type World } from "../world";
import { bicepFiles, inProd, type Row, unlike, vaults } from "./row";

const functionApp = "bicep/modules/function-app.bicep";
const keyVault = "bicep/modules/key-vault.bicep";
const withModelKey = (world: World) =>
  world.deployment("prod", {
    model: "openai",
    modelBaseUrl: "https://models.example/v1",
    modelApiKey: "a key",
  });

export const secrets: readonly Row[] = [
  {
    number: 33,
    requirement: "the vault goes by roles and cannot be purged",
    problems: (world) => [
      ...unlike(vaults(world), "properties.enableRbacAuthorization", true),
      ...unlike(vaults(world), "properties.enablePurgeProtection", true),
      ...unlike(vaults(world), "properties.softDeleteRetentionInDays", 90),
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
    problems: (world) => [
      ...unlike(
        ofType(withModelKey(world), "Microsoft.Web/sites/config"),
        "properties.OPENAI_API_KEY",
        (value) => asText(value).startsWith("@Microsoft.KeyVault("),
      ),
      ...unlike(
        ofType(withModelKey(world), "Microsoft.Web/sites"),
        "properties.keyVaultReferenceIdentity",
        (id) => asText(id).includes("identity"),
      ),
      ...bicepFiles(world).flatMap(([path]) =>
        [...world.template(path).parameters.values()]
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
    requirement: "secrets end, and somebody is told before they do",
    problems: (world) => [
      ...unlike(
        ofType(withModelKey(world), "Microsoft.KeyVault/vaults/secrets"),
        "properties.attributes.exp",
        (end) => typeof end === "number",
      ),
      ...unlike(
        inProd(world, "Microsoft.EventGrid/systemTopics/eventSubscriptions"),
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
