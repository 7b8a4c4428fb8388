import { eventually } from "../shared/eventually";

/** A client of the Durable Task HTTP API. */
export const createDurableTaskClient = (hostUrl: () => string) => {
  const call = (
    method: string,
    path: string,
    body?: string,
    headers: Readonly<Record<string, string>> = {},
  ) =>
    fetch(`${hostUrl()}/runtime/webhooks/durabletask/${path}`, {
      method,
      headers: {
        ...(body !== undefined && { "content-type": "application/json" }),
        ...headers,
      },
      ...(body !== undefined && { body }),
    });
  const get = async (path: string) =>
    (await (await call("GET", path)).json()) as Readonly<
      Record<string, unknown>
    >;
  const startInstance = (id: string, name: string, input: unknown = null) =>
    call("POST", `orchestrators/${name}/${id}`, JSON.stringify(input));
  /** Waits until the instance has the status; returns the API's representation of it. */
  const whenStatus = (id: string, status: string) =>
    eventually(async () => {
      const found = await get(`instances/${id}`);
      expect(found).toMatchObject({ runtimeStatus: status });
      return found;
    });
  return { call, get, startInstance, whenStatus };
};

export const readResponse = async (pending: Response | Promise<Response>) => {
  const response = await pending;
  const text = await response.text();
  return {
    status: response.status,
    body: text === "" ? "" : (JSON.parse(text) as unknown),
  };
};
