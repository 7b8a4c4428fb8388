import { once } from "node:events";
import {
  type Connection,
  create_container,
  type EventContext,
  type Message,
  message as codec,
  type Receiver,
  type Sender,
} from "rhea";
import { readItemSpans, readScalar } from "../../../service-bus/amqp/decoding";
import { deliverRawBytes } from "../../../service-bus/amqp/rhea-session";
import {
  findSection,
  parseSections,
  sectionCode,
} from "../../../service-bus/amqp/sections";
import { createSharedAccessSignature } from "./shared-access-signature";

/** An AMQP client without Service Bus conventions: it chooses settle modes, link names and the order of frames itself. */
export class AmqpClient implements AsyncDisposable {
  readonly connection: Connection;

  private constructor(connection: Connection) {
    this.connection = connection;
    connection.on("session_open", ({ session }: EventContext) => {
      if (session) deliverRawBytes(session);
    });
    connection.on("receiver_error", () => undefined);
    connection.on("sender_error", () => undefined);
  }

  /** Connects with a token for all entities. */
  static async connect(connectionString: string): Promise<AmqpClient> {
    const client = new AmqpClient(
      create_container().connect({
        ...{ port: Number(/:(\d+);/.exec(connectionString)?.[1]) },
        ...{ host: "127.0.0.1", reconnect: false, username: "tests" },
      }),
    );
    await once(client.connection, "connection_open");
    await client.request("$cbs", {
      application_properties: {
        operation: "put-token",
        name: "sb://localhost/",
        type: "servicebus.windows.net:sastoken",
      },
      body: createSharedAccessSignature(
        connectionString,
        "sb://localhost/",
        Math.floor(Date.now() / 1000) + 3600,
      ),
    });
    return client;
  }

  /** Sends a request and returns the encoded response. The links have other names than the reply address. */
  async request(address: string, request: Message): Promise<Buffer> {
    const replyTo = `reply-to-${address}`;
    const receiver = this.connection.open_receiver({
      ...{ source: address, target: replyTo, name: "responses" },
    });
    const sender = this.connection.open_sender({
      ...{ target: address, name: "requests" },
    });
    await once(sender, "sendable");
    const response = receiveRaw(receiver);
    sender.send({ ...request, message_id: "1", reply_to: replyTo });
    const { bytes } = await response;
    receiver.close();
    sender.close();
    await Promise.all([
      once(receiver, "receiver_close"),
      once(sender, "sender_close"),
    ]);
    return bytes;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.connection.close();
    await once(this.connection, "connection_close");
  }
}

/** Receives the next message of the link as encoded by the broker. */
export async function receiveRaw(receiver: Receiver) {
  const [{ message, delivery }] = (await once(receiver, "message")) as [
    EventContext,
  ];
  const bytes = message as unknown as Buffer;
  if (delivery === undefined) throw new Error("A message has no delivery.");
  return { bytes, delivery, message: codec.decode(bytes) };
}

/** The error of a link that the broker refuses. */
export async function whenRefused(link: Sender | Receiver) {
  await once(link, link.is_receiver() ? "receiver_error" : "sender_error");
  return link.error as { condition: string; description: string };
}

/** Type codes of the encoded application properties, by name. */
export function readPropertyTypes(
  bytes: Buffer,
): Readonly<Record<string, number | undefined>> {
  const section = findSection(
    parseSections(bytes),
    sectionCode.applicationProperties,
  );
  const items = section ? readItemSpans(bytes, section.value) : [];
  const types: Record<string, number | undefined> = {};
  for (let index = 0; index + 1 < items.length; index += 2) {
    const name = readScalar(bytes, items[index]?.start ?? 0);
    types[String(name)] = bytes[items[index + 1]?.start ?? 0];
  }
  return types;
}
