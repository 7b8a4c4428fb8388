import { HttpRequest, InvocationContext } from "@azure/functions";

/** Creates a GET request, or a POST request with a JSON body. */
export const createRequest = (path: string, body?: object): HttpRequest =>
  new HttpRequest({
    method: body === undefined ? "GET" : "POST",
    url: `http://localhost/api/${path}`,
    ...(body !== undefined && { body: { string: JSON.stringify(body) } }),
  });

export const createRequestContext = (): InvocationContext =>
  new InvocationContext({ logHandler: () => undefined });
