import type { BrokerMessage, MessageContent } from "./message";

/** The size of the cache. Contents beyond it are read from disk on delivery. */
const maxCachedBytes = 64 * 1024 * 1024;

/** Keeps the contents of one queue's committed messages in memory, up to a limit. */
export class ContentCache {
  readonly #queue: number;
  readonly #loadContent: (queue: number, sequence: number) => MessageContent;
  #bytes = 0;

  constructor(
    queue: number,
    loadContent: (queue: number, sequence: number) => MessageContent,
  ) {
    this.#queue = queue;
    this.#loadContent = loadContent;
  }

  read(message: BrokerMessage): MessageContent {
    return message.content ?? this.#loadContent(this.#queue, message.sequence);
  }

  /** Caches the content of a message that has been committed, or drops it when the cache is full. */
  retain(message: BrokerMessage): void {
    const bytes = message.content?.length ?? 0;
    if (this.#bytes + bytes > maxCachedBytes) message.content = undefined;
    else this.#bytes += bytes;
  }

  replace(message: BrokerMessage, content: MessageContent): void {
    this.evict(message);
    message.content = content;
    this.retain(message);
  }

  evict(message: BrokerMessage): void {
    this.#bytes -= message.content?.length ?? 0;
    message.content = undefined;
  }
}
