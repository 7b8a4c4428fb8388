/** A task hub that can be made to fail. Its errors have the texts of the durable client's errors. */
export function fakeTaskHub() {
  const started: string[] = [];
  const statuses = new Map<string, string>();
  const hub = {
    /** Ids of the started instances, in order. */
    started,
    /** Makes every operation fail. */
    broken: false,
    startNew: (_name: string, options?: { instanceId?: string }) => {
      if (hub.broken)
        return Promise.reject(new Error("unexpected status code: 500."));
      const id = options?.instanceId ?? "";
      started.push(id);
      statuses.set(id, "Running");
      return Promise.resolve(id);
    },
    getStatus: (id: string) => {
      if (hub.broken)
        return Promise.reject(new Error("unexpected status code: 500."));
      const runtimeStatus = statuses.get(id);
      return runtimeStatus === undefined
        ? Promise.reject(new Error("replied with HTTP 404 response."))
        : Promise.resolve({ runtimeStatus, lastUpdatedTime: new Date(0) });
    },
    /** Ends an instance that then cannot record its end. */
    terminate: (id: string) => {
      statuses.set(id, "Terminated");
    },
  };
  return hub;
}
export type FakeTaskHub = ReturnType<typeof fakeTaskHub>;
