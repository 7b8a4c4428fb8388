import { join } from "node:path";
import { readConfig } from "../../src/config/read-config";

const storage = { AzureWebJobsStorage: "UseDevelopmentStorage=true" };
const root = join(__dirname, "..");

describe("readConfig", () => {
  test("needs no more than storage", () => {
    expect(readConfig(storage)).toEqual({
      storage: { connectionString: "UseDevelopmentStorage=true" },
      storageSettings: ["AzureWebJobsStorage"],
      model: { provider: "offline", timeoutMs: 120_000 },
      hubRetentionDays: 30,
      documentsFolder: join(root, "samples/document-review"),
      reportsFolder: join(root, ".aos/reports"),
      unresolved: {
        settings: [],
        of: { storage: [], serviceBus: [], model: [] },
      },
    });
  });

  test("finds storage by the name of the account", () => {
    expect(
      readConfig({ AzureWebJobsStorage__accountName: "acme" }).storage,
    ).toEqual({
      tableEndpoint: "https://acme.table.core.windows.net",
      blobEndpoint: "https://acme.blob.core.windows.net",
    });
  });

  test("finds Service Bus by connection string, or by namespace with an identity", () => {
    const name = "AZURE_SERVICEBUS_CONNECTION_STRING";
    const found = (settings: object) =>
      readConfig({ ...storage, ...settings }).serviceBus;
    const connectionString = "Endpoint=sb://localhost;SharedAccessKey=x";
    expect(found({ [name]: connectionString })).toEqual({ connectionString });
    const fullyQualifiedNamespace = "aos.servicebus.windows.net";
    expect(
      found({
        [`${name}__fullyQualifiedNamespace`]: fullyQualifiedNamespace,
        [`${name}__clientId`]: "id",
      }),
    ).toEqual({ fullyQualifiedNamespace, clientId: "id" });
    expect(found({ [name]: " " })).toBeUndefined();
    expect(() => found({ [name]: "aos.servicebus.windows.net" })).toThrow(
      /AZURE_SERVICEBUS_CONNECTION_STRING must be a connection string/,
    );
  });

  test.each([
    [
      {
        AZURE_SERVICEBUS_CONNECTION_STRING: "Endpoint=sb://localhost",
        AZURE_SERVICEBUS_CONNECTION_STRING__fullyQualifiedNamespace: "a.b",
      },
      /AZURE_SERVICEBUS_CONNECTION_STRING is given beside AZURE_SERVICEBUS_CONNECTION_STRING__fullyQualifiedNamespace/,
    ],
    [
      { AZURE_SERVICEBUS_CONNECTION_STRING__clientId: "id" },
      /AZURE_SERVICEBUS_CONNECTION_STRING__fullyQualifiedNamespace is missing/,
    ],
  ])("refuses half a Service Bus, and two: %j", (settings, problem) => {
    expect(() => readConfig({ ...storage, ...settings })).toThrow(problem);
  });

  test("chooses the provider whose settings are there", () => {
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

  test("lets the provider be forced", () => {
    const forced = {
      ...storage,
      AZURE_OPENAI_ENDPOINT: "https://acme.openai.azure.com",
      AOS_MODEL_PROVIDER: "offline",
    };
    expect(readConfig(forced).model.provider).toBe("offline");
  });

  test("takes an empty setting for one that is not there", () => {
    const blank = {
      ...storage,
      OPENAI_API_KEY: "",
      AZURE_OPENAI_ENDPOINT: " ",
    };
    expect(readConfig(blank).model.provider).toBe("offline");
  });

  test("names every setting that is missing", () => {
    expect(() => readConfig({ AOS_MODEL_PROVIDER: "azure-openai" })).toThrow(
      /AzureWebJobsStorage is missing[^]*AZURE_OPENAI_ENDPOINT is missing[^]*AZURE_OPENAI_DEPLOYMENT is missing/,
    );
  });

  test("names every setting that is wrong", () => {
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

  test("keeps orchestrations in an account of their own when there is one", () => {
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

  test("tells text that is no connection string, without repeating it", () => {
    const attempt = () => readConfig({ AzureWebJobsStorage: "hunter2" });
    expect(attempt).toThrow(
      /AzureWebJobsStorage must be the connection string/,
    );
    expect(attempt).not.toThrow(/hunter2|is missing/);
  });

  test("refuses two ways to one storage account", () => {
    expect(() =>
      readConfig({ ...storage, AzureWebJobsStorage__accountName: "acme" }),
    ).toThrow(/AzureWebJobsStorage is given beside AzureWebJobsStorage__…/);
  });

  test("names the endpoint of storage that is missing", () => {
    expect(() =>
      readConfig({
        ...storage,
        AZURE_STORAGE_CONNECTION_STRING__blobServiceUri:
          "https://data.blob.core.windows.net",
      }),
    ).toThrow(/AZURE_STORAGE_CONNECTION_STRING__tableServiceUri is missing/);
  });

  test("refuses to guess between two providers", () => {
    expect(() =>
      readConfig({
        ...storage,
        AZURE_OPENAI_ENDPOINT: "https://acme.openai.azure.com",
        AZURE_OPENAI_DEPLOYMENT: "gpt",
        OPENAI_API_KEY: "key",
        OPENAI_MODEL: "gpt",
      }),
    ).toThrow(/AOS_MODEL_PROVIDER is missing: there are settings for/);
  });

  test.each([
    [{ AZURE_OPENAI_DEPLOYMENT: "gpt" }, /AZURE_OPENAI_ENDPOINT is missing/],
    [{ AZURE_OPENAI_API_KEY: "key" }, /AZURE_OPENAI_ENDPOINT is missing/],
    [{ OPENAI_MODEL: "gpt" }, /OPENAI_API_KEY is missing/],
  ])("does not answer offline with half a provider: %j", (half, problem) => {
    expect(() => readConfig({ ...storage, ...half })).toThrow(problem);
  });

  describe("a Key Vault reference that was not resolved", () => {
    const reference =
      "@Microsoft.KeyVault(VaultName=acme;SecretName=openai-api-key)";

    test("stops nothing but what it leads to", () => {
      const { unresolved } = readConfig({
        ...storage,
        AOS_MODEL_PROVIDER: "openai",
        OPENAI_MODEL: "gpt",
        OPENAI_API_KEY: reference,
        SOMEBODY_ELSES: reference,
      });
      expect(unresolved).toEqual({
        settings: ["OPENAI_API_KEY", "SOMEBODY_ELSES"],
        of: { storage: [], serviceBus: [], model: ["OPENAI_API_KEY"] },
      });
    });

    test("does not matter where the provider is another one", () => {
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
    ] as const)("in %s keeps the app from its %s", (setting, service) => {
      const { unresolved } = readConfig({ ...storage, [setting]: reference });
      expect(unresolved.byService[service]).toEqual([setting]);
    });

    test("leaves telemetry out", () => {
      const name = "APPLICATIONINSIGHTS_CONNECTION_STRING";
      const config = readConfig({ ...storage, [name]: reference });
      expect(config.telemetry).toBeUndefined();
      expect(config.unresolved.settings).toEqual([name]);
    });

    test("is named beside what does stop the start, without its value", () => {
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

  test("names what is wrong and what is missing at once", () => {
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
