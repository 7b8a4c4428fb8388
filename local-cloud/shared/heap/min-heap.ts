/** A binary heap: `pop` returns the item that precedes all others. */
export class MinHeap<Item> {
  #items: Item[] = [];
  readonly #precedes: (a: Item, b: Item) => boolean;

  constructor(precedes: (a: Item, b: Item) => boolean) {
    this.#precedes = precedes;
  }

  get size(): number {
    return this.#items.length;
  }

  peek(): Item | undefined {
    return this.#items[0];
  }

  push(item: Item): void {
    const items = this.#items;
    let index = items.push(item) - 1;
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = items[parentIndex];
      if (parent === undefined || !this.#precedes(item, parent)) break;
      items[index] = parent;
      index = parentIndex;
    }
    items[index] = item;
  }

  pop(): Item | undefined {
    const first = this.#items[0];
    const last = this.#items.pop();
    if (last !== undefined && this.#items.length > 0) this.#siftDown(last);
    return first;
  }

  /** Removes every item that does not match; takes time proportional to the size. */
  retain(matches: (item: Item) => boolean): void {
    const retained = this.#items.filter(matches);
    this.#items = [];
    for (const item of retained) this.push(item);
  }

  clear(): void {
    this.#items = [];
  }

  #siftDown(item: Item): void {
    const items = this.#items;
    let index = 0;
    for (;;) {
      let childIndex = 2 * index + 1;
      let child = items[childIndex];
      const right = items[childIndex + 1];
      if (child && right && this.#precedes(right, child)) {
        child = right;
        childIndex += 1;
      }
      if (child === undefined || !this.#precedes(child, item)) break;
      items[index] = child;
      index = childIndex;
    }
    items[index] = item;
  }
}
