/**
 * Interface of the modules in `engines`: each exports `start` and `unsupported`. `start` returns a client for the workloads of
 * `npm run bench` (bench/workloads), so that the same code measures every engine with the same work.
 *
 * @typedef {object} Started
 * @property {string} description Name, versions and transport of the engine.
 * @property {import("../bench-client").BenchClient} client
 *
 * @callback Start Starts the engine with an empty store in the folder. It registers its cleanup with `onStop`.
 * @param {string} folder
 * @returns {Promise<Started>}
 *
 * @typedef {Readonly<Record<string, string>>} Unsupported Workloads that the engine cannot run, with the reason by name.
 */

/** Creates a client for an engine that runs workflows as functions in this process. */
export const createInProcessClient = (workflows) => ({
  complete: async (name, input, expected) => {
    // `workflows[name](input)` would pass `workflows` as `this`, which DBOS takes for a configured instance.
    const workflow = workflows[name];
    const output = await workflow(input);
    if (output !== expected)
      throw new Error(
        `${name}(${JSON.stringify(input)}) did not return ${expected}; it returned ${JSON.stringify(output)}.`,
      );
  },
});
