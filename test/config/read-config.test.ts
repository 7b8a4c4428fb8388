import { tmpdir } from "node:os";
import { join } from "node:path";
import { readConfig } from "../../src/config/read-config";

const storage = { AzureWebJobsStorage: "UseDevelopmentStorage=true" };
const root = join(__dirname, "../..");

describe("readConfig", () => {
  test("requires storage only and applies defaults", () => {
    expect(readConfig(storage)).toEqual({
      storage: { connectionString: "UseDevelopmentStorage=true" },
      storageSettings: ["AzureWebJobsStorage"],
      model: { provider: "offline", timeoutMs: 120_000 },
      hubRetentionDays: 30,
      documentsFolder: join(root, "samples/document-review"),
      reportsFolder: join(tmpdir(), "aos/reports"),
      unresolved: {
        settings: [],
        byService: { storage: [], serviceBus: [], model: [] },
      },
    });
  });

  test("resolves relative folders at the root of the Functions app", () => {
    const app = join(root, "test/fixtures/counted-aos");
    expect(
      readConfig({
        ...storage,
        AzureWebJobsScriptRoot: app,
        AOS_REPORTS_FOLDER: "../reports",
      }),
    ).toMatchObject({
      documentsFolder: join(app, "samples/document-review"),
      reportsFolder: join(app, "../reports"),
    });
  });

  test("derives the storage endpoints from the account name", () => {
    expect(
      readConfig({ AzureWebJobsStorage__accountName: "acme" }).storage,
    ).toEqual({
      tableEndpoint: "https://acme.table.core.windows.net",
      blobEndpoint: "https://acme.blob.core.windows.net",
    });
  });

  test("reads Service Bus from a connection string or a namespace with an identity", () => {
    const name = "AZURE_SERVICEBUS_CONNECTION_STRING";
    const serviceBusFrom = (settings: object) =>
      readConfig({ ...storage, ...settings }).serviceBus;
    const connectionString = "Endpoint=sb://localhost;SharedAccessKey=x";
    expect(serviceBusFrom({ [name]: connectionString })).toEqual({
      connectionString,
    });
    const fullyQualifiedNamespace = "aos.servicebus.windows.net";
    expect(
      serviceBusFrom({
        [`${name}__fullyQualifiedNamespace`]: fullyQualifiedNamespace,
        [`${name}__clientId`]: "id",
      }),
    ).toEqual({ fullyQualifiedNamespace, clientId: "id" });
    expect(serviceBusFrom({ [name]: " " })).toBeUndefined();
    expect(() =>
      serviceBusFrom({ [name]: "aos.servicebus.windows.net" }),
    ).toThrow(/AZURE_SERVICEBUS_CONNECTION_STRING must be a connection string/);
  });

  test.each([
    [
      {
        AZURE_SERVICEBUS_CONNECTION_STRING: "Endpoint=sb://localhost",
        AZURE_SERVICEBUS_CONNECTION_STRING__fullyQualifiedNamespace: "a.b",
      },
      /AZURE_SERVICEBUS_CONNECTION_STRING conflicts with AZURE_SERVICEBUS_CONNECTION_STRING__fullyQualifiedNamespace/,
    ],
    [
      { AZURE_SERVICEBUS_CONNECTION_STRING__clientId: "id" },
      /AZURE_SERVICEBUS_CONNECTION_STRING__fullyQualifiedNamespace is missing/,
    ],
  ])(
    "rejects incomplete and contradictory Service Bus settings: %j",
    (settings, problem) => {
      expect(() => readConfig({ ...storage, ...settings })).toThrow(problem);
    },
  );

  test("selects the model provider whose settings are present", () => {
    expect(
      readConfig({
        ...storage,
        AZURE_OPENAI_ENDPOINT: "https://acme.openai.azure.com",
        AZURE_OPENAI_DEPLOYMENT: "gpt",
      }).model,
    ).toMatchObject({ provider: "azure-openai", deployment: "gpt" });
    expect(
      readConfig({
        ...storage,
        OPENAI_BASE_URL: "http://localhost:1234/v1",
        OPENAI_MODEL: "llama",
      }).model,
    ).toMatchObject({ provider: "openai", model: "llama" });
  });

  test("prefers AOS_MODEL_PROVIDER to the provider settings", () => {
    const settings = {
      ...storage,
      AZURE_OPENAI_ENDPOINT: "https://acme.openai.azure.com",
      AOS_MODEL_PROVIDER: "offline",
    };
    expect(readConfig(settings).model.provider).toBe("offline");
  });

  test("treats a blank setting as absent", () => {
    const blank = {
      ...storage,
      OPENAI_API_KEY: "",
      AZURE_OPENAI_ENDPOINT: " ",
    };
    expect(readConfig(blank).model.provider).toBe("offline");
  });

  test("reports every missing setting", () => {
    expect(() => readConfig({ AOS_MODEL_PROVIDER: "azure-openai" })).toThrow(
      /AzureWebJobsStorage is missing[^]*AZURE_OPENAI_ENDPOINT is missing[^]*AZURE_OPENAI_DEPLOYMENT is missing/,
    );
  });

  test("reports every invalid setting", () => {
    expect(() =>
      readConfig({
        ...storage,
        AOS_MODEL_PROVIDER: "crystal-ball",
        AOS_MODEL_TIMEOUT_SECONDS: "soon",
      }),
    ).toThrow(
      /AOS_MODEL_PROVIDER must be azure-openai[^]*AOS_MODEL_TIMEOUT_SECONDS must be a number/,
    );
  });

  test("prefers the separate storage account of AOS to the account of the host", () => {
    expect(
      readConfig({
        ...storage,
        AZURE_STORAGE_CONNECTION_STRING__tableServiceUri:
          "https://data.table.core.windows.net",
        AZURE_STORAGE_CONNECTION_STRING__blobServiceUri:
          "https://data.blob.core.windows.net",
      }).storage,
    ).toEqual({
      tableEndpoint: "https://data.table.core.windows.net",
      blobEndpoint: "https://data.blob.core.windows.net",
    });
    expect(
      readConfig({ AZURE_STORAGE_CONNECTION_STRING: "AccountName=acme" })
        .storage,
    ).toEqual({ connectionString: "AccountName=acme" });
  });

  test("rejects an invalid connection string without repeating its value", () => {
    const attempt = () => readConfig({ AzureWebJobsStorage: "hunter2" });
    expect(attempt).toThrow(
      /AzureWebJobsStorage must be the connection string/,
    );
    expect(attempt).not.toThrow(/hunter2|is missing/);
  });

  test("rejects a connection string and an account name for the same storage", () => {
    expect(() =>
      readConfig({ ...storage, AzureWebJobsStorage__accountName: "acme" }),
    ).toThrow(/AzureWebJobsStorage conflicts with AzureWebJobsStorage__…/);
  });

  test("reports a missing storage endpoint", () => {
    expect(() =>
      readConfig({
        ...storage,
        AZURE_STORAGE_CONNECTION_STRING__blobServiceUri:
          "https://data.blob.core.windows.net",
      }),
    ).toThrow(/AZURE_STORAGE_CONNECTION_STRING__tableServiceUri is missing/);
  });

  test("requires AOS_MODEL_PROVIDER when the settings of two providers are present", () => {
    expect(() =>
      readConfig({
        ...storage,
        AZURE_OPENAI_ENDPOINT: "https://acme.openai.azure.com",
        AZURE_OPENAI_DEPLOYMENT: "gpt",
        OPENAI_API_KEY: "key",
        OPENAI_MODEL: "gpt",
      }),
    ).toThrow(/AOS_MODEL_PROVIDER is missing: settings for both/);
  });

  test.each([
    [{ AZURE_OPENAI_DEPLOYMENT: "gpt" }, /AZURE_OPENAI_ENDPOINT is missing/],
    [{ AZURE_OPENAI_API_KEY: "key" }, /AZURE_OPENAI_ENDPOINT is missing/],
    [{ OPENAI_MODEL: "gpt" }, /OPENAI_API_KEY is missing/],
  ])(
    "does not select the offline model for incomplete provider settings: %j",
    (settings, problem) => {
      expect(() => readConfig({ ...storage, ...settings })).toThrow(problem);
    },
  );

  describe("an unresolved Key Vault reference", () => {
    const reference =
      "@Microsoft.KeyVault(VaultName=acme;SecretName=openai-api-key)";

    test("disables only the service that uses it", () => {
      const { unresolved } = readConfig({
        ...storage,
        AOS_MODEL_PROVIDER: "openai",
        OPENAI_MODEL: "gpt",
        OPENAI_API_KEY: reference,
        OTHER_SETTING: reference,
      });
      expect(unresolved).toEqual({
        settings: ["OPENAI_API_KEY", "OTHER_SETTING"],
        byService: { storage: [], serviceBus: [], model: ["OPENAI_API_KEY"] },
      });
    });

    test("has no effect when another model provider is selected", () => {
      const { unresolved } = readConfig({
        ...storage,
        AOS_MODEL_PROVIDER: "offline",
        OPENAI_API_KEY: reference,
      });
      expect(unresolved.byService.model).toEqual([]);
    });

    test.each([
      ["AZURE_STORAGE_CONNECTION_STRING", "storage"],
      ["AZURE_STORAGE_CONNECTION_STRING__accountName", "storage"],
      ["AZURE_SERVICEBUS_CONNECTION_STRING", "serviceBus"],
      [
        "AZURE_SERVICEBUS_CONNECTION_STRING__fullyQualifiedNamespace",
        "serviceBus",
      ],
    ] as const)("in %s disables %s", (setting, service) => {
      const { unresolved } = readConfig({ ...storage, [setting]: reference });
      expect(unresolved.byService[service]).toEqual([setting]);
    });

    test("disables telemetry when it configures telemetry", () => {
      const name = "APPLICATIONINSIGHTS_CONNECTION_STRING";
      const config = readConfig({ ...storage, [name]: reference });
      expect(config.telemetry).toBeUndefined();
      expect(config.unresolved.settings).toEqual([name]);
    });

    test("is reported without its value together with problems that prevent the start", () => {
      const attempt = () =>
        readConfig({
          ...storage,
          AOS_DOCUMENTS_FOLDER: reference,
          OPENAI_MODEL: "gpt",
          OPENAI_API_KEY: reference,
        });
      expect(attempt).toThrow(
        /AOS_DOCUMENTS_FOLDER is a Key Vault reference that could not be resolved[^]*OPENAI_API_KEY is a Key Vault reference/,
      );
      expect(attempt).not.toThrow(/is missing|SecretName/);
    });
  });

  test("reports invalid and missing settings together", () => {
    expect(() =>
      readConfig({
        AOS_MODEL_PROVIDER: "azure-openai",
        AZURE_OPENAI_ENDPOINT: "somewhere",
        AOS_MODEL_TIMEOUT_SECONDS: "0",
      }),
    ).toThrow(
      /AZURE_OPENAI_ENDPOINT must be a URL[^]*AOS_MODEL_TIMEOUT_SECONDS must be at least 1[^]*AzureWebJobsStorage is missing[^]*AZURE_OPENAI_DEPLOYMENT is missing/,
    );
  });
});
