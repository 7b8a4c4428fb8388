/**
 * The module of an engine exports `start` and `unsupported`. The workloads are those of `npm run bench` (bench/workloads): every
 * engine implements their client, so that all engines run the same work, started by the same code.
 *
 * @typedef {object} Started
 * @property {string} description The engine with its versions and transport.
 * @property {import("../bench-client").BenchClient} client
 *
 * @callback Start Starts the engine with an empty store in the folder. Cleanup is registered with `onStop`.
 * @param {string} folder
 * @returns {Promise<Started>}
 *
 * @typedef {Readonly<Record<string, string>>} Unsupported Workloads that the engine cannot run, each with the reason.
 */

/** A client for an engine that is a library: its workflows are functions. */
export const createInProcessClient = (workflows) => ({
  complete: async (name, input, expected) => {
    // Not called as a method: DBOS would use `workflows` as its configured instance.
    const workflow = workflows[name];
    const output = await workflow(input);
    if (output !== expected)
      throw new Error(
        `${name}(${JSON.stringify(input)}) did not return ${expected}; it returned ${JSON.stringify(output)}.`,
      );
  },
});
