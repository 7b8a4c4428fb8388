/** A task hub that can be out of order. It fails in the words of the durable client. */
export function fakeTaskHub() {
  const started: string[] = [];
  const statuses = new Map<string, string>();
  const hub = {
    /** Every start that it was asked for, in order. */
    started,
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
    /** Ends an instance without its having a say in it. */
    terminate: (id: string) => {
      statuses.set(id, "Terminated");
    },
  };
  return hub;
}
export type FakeTaskHub = ReturnType<typeof fakeTaskHub>;
