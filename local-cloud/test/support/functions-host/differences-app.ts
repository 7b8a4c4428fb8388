import { resolve } from "node:path";
import { createTemporaryFolder } from "../shared/temporary-folder";
import { type ListeningProcess, startHostCommand } from "../cli/cloud-process";
import { createDurableTaskClient } from "../durable-task/http-api-client";

/** Starts the app with the cases of `local-cloud/differences` for the tests of the file. */
export function useDifferencesApp(args: readonly string[] = []) {
  const data = createTemporaryFolder();
  let host: ListeningProcess;
  beforeAll(async () => {
    host = await startHostCommand({
      app: resolve("local-cloud/test/fixtures/differences"),
      data,
      args,
      env: {
        "AzureWebJobs.off.Disabled": "true",
        "AzureWebJobs.disabledOrchestrator.Disabled": "true",
        "AzureWebJobs.offWithKey.Disabled": "true",
        FUNCTIONS_REQUEST_BODY_SIZE_LIMIT: "10",
      },
    });
  });
  afterAll(() => host.stop());
  return {
    api: createDurableTaskClient(() => host.url),
    data,
    fetchPath: (path: string, init?: RequestInit) =>
      fetch(`${host.url}${path}`, init),
    url: () => host.url,
  };
}
