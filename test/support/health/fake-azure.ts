import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { resolve } from "node:path";

const certificate = resolve("test/fixtures/tls/certificate.pem");

export interface FakeAzure {
  /** The environment of an app on App Service with a managed identity that trusts these services. */
  readonly identity: Readonly<Record<string, string>>;
  /** Uses TLS: storage clients send tokens only to https addresses. */
  readonly storageUrl: string;
  readonly modelUrl: string;
  /** `<method> <path>` of each request, in the order of arrival. */
  readonly requests: string[];
  stop(): void;
}

/** Starts a token endpoint, and services that refuse its identity every operation with the messages of the real services. */
export async function startFakeAzure(): Promise<FakeAzure> {
  const requests: string[] = [];
  const respondWith =
    (respond: (path: string) => Refusal) =>
    (
      request: IncomingMessage,
      response: {
        writeHead(status: number, headers: Record<string, string>): unknown;
        end(body: string): unknown;
      },
    ): void => {
      const path = request.url ?? "";
      requests.push(`${request.method ?? ""} ${path}`);
      const { status, headers, body } = respond(path);
      request.resume();
      response.writeHead(status, headers);
      response.end(body);
    };
  const tls = {
    key: readFileSync(resolve("test/fixtures/tls/key.pem")),
    cert: readFileSync(certificate),
  };
  const tokens = createServer(respondWith(token));
  const storage = createTlsServer(tls, respondWith(storageRefusal));
  const model = createServer(respondWith(modelRefusal));
  const servers: readonly Server[] = [tokens, storage, model];
  for (const server of servers) server.listen(0, "127.0.0.1");
  await Promise.all(servers.map((server) => once(server, "listening")));
  const serverPort = (server: Server): number =>
    (server.address() as AddressInfo).port;
  return {
    identity: {
      AZURE_CLIENT_ID: "11111111-1111-1111-1111-111111111111",
      IDENTITY_ENDPOINT: `http://127.0.0.1:${serverPort(tokens)}/msi/token`,
      IDENTITY_HEADER: "header",
      NODE_EXTRA_CA_CERTS: certificate,
    },
    storageUrl: `https://localhost:${serverPort(storage)}`,
    modelUrl: `http://127.0.0.1:${serverPort(model)}`,
    requests,
    stop: () => {
      for (const server of servers) {
        server.close();
        server.closeAllConnections();
      }
    },
  };
}

interface Refusal {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string;
}

const json = { "content-type": "application/json" };

const token = (): Refusal => ({
  status: 200,
  headers: json,
  body: JSON.stringify({
    access_token: "token",
    expires_on: String(Math.floor(Date.now() / 1000) + 86_400),
    resource: "r",
    token_type: "Bearer",
  }),
});

const code = "AuthorizationPermissionMismatch";
const message =
  "This request is not authorized to perform this operation using this permission.";

function storageRefusal(path: string): Refusal {
  const isTable = !path.includes("restype=container");
  return {
    status: 403,
    headers: {
      ...(isTable ? json : { "content-type": "application/xml" }),
      "x-ms-error-code": code,
    },
    body: isTable
      ? JSON.stringify({
          "odata.error": { code, message: { lang: "en-US", value: message } },
        })
      : `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`,
  };
}

const modelRefusal = (): Refusal => ({
  status: 401,
  headers: json,
  body: JSON.stringify({
    error: {
      code: "PermissionDenied",
      message:
        "The principal lacks the required data action Microsoft.CognitiveServices/accounts/OpenAI/models/read.",
    },
  }),
});
