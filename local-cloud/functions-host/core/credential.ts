import { DefaultAzureCredential } from "@azure/identity";

/** The identity of this machine or, with a client id, the user-assigned identity of that id. */
export const createCredential = ({
  clientId,
}: {
  readonly clientId: string | undefined;
}): DefaultAzureCredential =>
  clientId === undefined
    ? new DefaultAzureCredential()
    : new DefaultAzureCredential({ managedIdentityClientId: clientId });
