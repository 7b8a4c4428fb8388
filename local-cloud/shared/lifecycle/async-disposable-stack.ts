/** The part of the platform's class of this name that the local cloud uses: Node.js has it from version 24 on. */
export class AsyncDisposableStack implements AsyncDisposable {
  #resources: AsyncDisposable[] = [];

  /** Adds a resource and returns it. */
  use<Resource extends AsyncDisposable>(resource: Resource): Resource {
    this.#resources.push(resource);
    return resource;
  }

  /** Moves all resources to a new stack: disposing of this one then disposes of none of them. */
  move(): AsyncDisposableStack {
    const stack = new AsyncDisposableStack();
    stack.#resources = this.#resources;
    this.#resources = [];
    return stack;
  }

  /** Disposes of every resource in reverse order, also when one fails; then throws the first error. */
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
