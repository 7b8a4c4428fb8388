import {
  type EventContext,
  message as codec,
  type Receiver,
  types,
} from "rhea";
import type { NamespaceEntity } from "../../namespace/namespace";
import { toServiceBusError, ServiceBusError } from "../../service-bus-error";
import type { Peer } from "../peer";
import { settleDelivery } from "../rhea-internals";
import { managementOperations } from "./operations";

interface AmqpRequest {
  readonly message_id?: unknown;
  readonly reply_to?: string;
  readonly body?: Readonly<Record<string, unknown>>;
  readonly application_properties?: { readonly operation?: unknown };
}

const prefix = "com.microsoft:";

/** Opens a link for requests about messages, sessions and rules. Failed requests also get a response, which clients wait for. */
export function openManagementLink(
  peer: Peer,
  link: Receiver,
  entity: NamespaceEntity,
): void {
  peer.onLinkClosed(link, () => undefined);
  link.on(
    "message",
    peer.guard(({ message, delivery }: EventContext) => {
      if (delivery) settleDelivery(delivery);
      const bytes = message as unknown as Buffer;
      const request = codec.decode(bytes) as unknown as AmqpRequest;
      void respond(peer, entity, request, bytes);
    }),
  );
}

async function respond(
  peer: Peer,
  entity: NamespaceEntity,
  request: AmqpRequest,
  bytes: Buffer,
): Promise<void> {
  const correlation = { correlation_id: request.message_id };
  try {
    const name = String(request.application_properties?.operation);
    const operation = managementOperations.get(name.slice(prefix.length));
    if (operation === undefined || !name.startsWith(prefix))
      throw new ServiceBusError(
        "amqp:not-implemented",
        `The operation '${name}' is not implemented.`,
      );
    const body = await operation({
      ...{ peer, entity, bytes },
      body: request.body ?? {},
    });
    const status = body === undefined ? 204 : 200;
    peer.reply(request.reply_to, {
      ...correlation,
      application_properties: {
        ...toStatusProperties(status),
        statusDescription: "OK",
      },
      body: body ?? {},
    });
  } catch (thrown) {
    const error = toServiceBusError(thrown);
    peer.reply(request.reply_to, {
      ...correlation,
      application_properties: {
        ...toStatusProperties(error.statusCode),
        errorCondition: types.wrap_symbol(error.code),
        statusDescription: error.message,
      },
      body: {},
    });
    if (!(thrown instanceof ServiceBusError)) peer.fail(thrown);
  }
}

/** The JavaScript client reads the first property, other clients the second. Both must be encoded as int. */
const toStatusProperties = (status: number) => ({
  statusCode: types.wrap_int(status),
  "status-code": types.wrap_int(status),
});
