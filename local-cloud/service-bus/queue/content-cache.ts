import type { MessageContent, BrokerMessage } from "./message";

/** Contents up to this many bytes in all stay in memory; what is beyond is read from disk when it is given out. */
const keptBytes = 64 * 1024 * 1024;

/** Where the contents of a queue's messages are: in memory while there is room, on disk always. */
export class ContentCache {
  readonly #queue: number;
  readonly #onDisk: (queue: number, sequence: number) => MessageContent;
  #bytes = 0;

  constructor(
    queue: number,
    onDisk: (queue: number, sequence: number) => MessageContent,
  ) {
    this.#queue = queue;
    this.#onDisk = onDisk;
  }

  of(message: BrokerMessage): MessageContent {
    return message.content ?? this.#onDisk(this.#queue, message.sequence);
  }

  /** The message's content is on disk now; in memory it stays if there is room. */
  keep(message: BrokerMessage): void {
    const bytes = message.content?.length ?? 0;
    if (this.#bytes + bytes > keptBytes) message.content = undefined;
    else this.#bytes += bytes;
  }

  replace(message: BrokerMessage, content: MessageContent): void {
    this.drop(message);
    message.content = content;
    this.keep(message);
  }

  drop(message: BrokerMessage): void {
    this.#bytes -= message.content?.length ?? 0;
    message.content = undefined;
  }
}
