/** As everywhere in Azure Functions, `UseDevelopmentStorage=true` means storage on this machine. */
export function asksForStorage(
  settings: Readonly<Record<string, string>>,
): boolean {
  const setting =
    process.env["AzureWebJobsStorage"] ?? settings["AzureWebJobsStorage"];
  return setting?.toLowerCase() === "usedevelopmentstorage=true";
}
