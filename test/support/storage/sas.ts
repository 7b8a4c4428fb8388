import {
  AccountSASPermissions,
  AccountSASResourceTypes,
  AccountSASServices,
  generateAccountSASQueryParameters,
  StorageSharedKeyCredential,
} from "@azure/storage-blob";

/** The account of a connection string, reached with a signature that allows nothing but the given letters. */
export function restrictToPermissions(
  connectionString: string,
  permissions: string,
): string {
  const field = (name: string): string =>
    new RegExp(`${name}=([^;]+)`, "i").exec(connectionString)?.[1] ?? "";
  const signature = generateAccountSASQueryParameters(
    {
      services: AccountSASServices.parse("bt").toString(),
      resourceTypes: AccountSASResourceTypes.parse("sco").toString(),
      permissions: AccountSASPermissions.parse(permissions),
      expiresOn: new Date(Date.now() + 3_600_000),
    },
    new StorageSharedKeyCredential(field("AccountName"), field("AccountKey")),
  );
  return `BlobEndpoint=${field("BlobEndpoint")};TableEndpoint=${field("TableEndpoint")};SharedAccessSignature=${signature.toString()}`;
}
