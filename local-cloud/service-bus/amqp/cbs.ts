import {
  type EventContext,
  message as codec,
  type Receiver,
  types,
} from "rhea";
import { ServiceBusError } from "../service-bus-error";
import type { Peer } from "./peer";
import { settleDelivery } from "./rhea-internals";
import { validateSasToken } from "./sas-token";

interface TokenRequest {
  readonly message_id?: unknown;
  readonly reply_to?: string;
  readonly body?: unknown;
  readonly application_properties?: {
    readonly operation?: unknown;
    readonly name?: unknown;
    readonly type?: unknown;
  };
}

/** Validity of an authorization. The expiry time of the token is checked only when the client presents the token. */
const authorizationMs = 24 * 60 * 60_000;

/**
 * Claims-based security: the client presents a token before it opens a link to an entity.
 * https://docs.oasis-open.org/amqp/amqp-cbs/v1.0/amqp-cbs-v1.0.html
 */
export function openTokenRequests(peer: Peer, link: Receiver): void {
  link.on(
    "message",
    peer.guard(({ message, delivery }: EventContext) => {
      if (delivery) settleDelivery(delivery);
      const request = codec.decode(
        message as unknown as Buffer,
      ) as unknown as TokenRequest;
      respond(peer, request);
    }),
  );
}

function respond(peer: Peer, request: TokenRequest): void {
  const error = authorize(peer, request);
  peer.reply(request.reply_to, {
    correlation_id: request.message_id,
    application_properties: error
      ? {
          "status-code": types.wrap_int(error.statusCode),
          "status-description": error.message,
          "error-condition": types.wrap_symbol(error.code),
        }
      : {
          "status-code": types.wrap_int(202),
          "status-description": "Accepted",
        },
    body: undefined,
  });
}

/** Authorizes the peer for the token's audience. Returns an error when the token is not accepted. */
function authorize(
  peer: Peer,
  { body, application_properties }: TokenRequest,
): ServiceBusError | undefined {
  const { operation, name, type } = application_properties ?? {};
  if (operation !== "put-token")
    return new ServiceBusError(
      "amqp:not-implemented",
      `The operation '${String(operation)}' on $cbs is not implemented.`,
    );
  const { accessKey, clock } = peer.broker;
  const audience = String(name);
  const problem =
    type === "servicebus.windows.net:sastoken"
      ? validateSasToken(String(body), audience, accessKey, clock.now())
      : `tokens of the type '${String(type)}' are not supported`;
  if (problem !== undefined)
    return new ServiceBusError(
      "amqp:unauthorized-access",
      `The token for '${audience}' is not accepted: ${problem}. Use the connection string that the broker printed.`,
    );
  peer.authorize(audience, clock.now() + authorizationMs);
  return undefined;
}
