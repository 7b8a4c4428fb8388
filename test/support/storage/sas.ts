import {
  AccountSASPermissions,
  AccountSASResourceTypes,
  AccountSASServices,
  generateAccountSASQueryParameters,
  StorageSharedKeyCredential,
} from "@azure/storage-blob";

/** Replaces the account key with a shared access signature that has only the given permissions. */
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
