/** Subset of the standard `AsyncDisposableStack`, which Node.js provides since version 24. */
export class AsyncDisposableStack implements AsyncDisposable {
  #resources: AsyncDisposable[] = [];

  /** Adds a resource and returns it. */
  use<Resource extends AsyncDisposable>(resource: Resource): Resource {
    this.#resources.push(resource);
    return resource;
  }

  /** Moves all resources to a new stack. Disposing of this stack then disposes of nothing. */
  move(): AsyncDisposableStack {
    const stack = new AsyncDisposableStack();
    stack.#resources = this.#resources;
    this.#resources = [];
    return stack;
  }

  /** Disposes of all resources in reverse order, even if some fail, and then throws the first error. */
  async [Symbol.asyncDispose](): Promise<void> {
    const resources = this.#resources.reverse();
    this.#resources = [];
    const errors: unknown[] = [];
    for (const resource of resources)
      try {
        await resource[Symbol.asyncDispose]();
      } catch (error) {
        errors.push(error);
      }
    if (errors.length > 0) throw errors[0];
  }
}
