/**
 * What an engine's file exports: `start` and `lacks`. The workloads are those of `npm run bench` (bench/workloads): an
 * engine offers what they use of AOS, so that every engine is asked for the same, by the same code.
 *
 * @typedef {object} Started
 * @property {string} description The engine with its versions, and how it is called.
 * @property {import("../webhooks").Webhooks} webhooks
 *
 * @callback Start Starts the engine with an empty store in the folder. What is to be undone is given to `onStop`.
 * @param {string} folder
 * @returns {Promise<Started>}
 *
 * @typedef {Readonly<Record<string, string>>} Lacks Workloads that the engine has no counterpart for, each with the reason.
 */

/** An engine that is called in process, as a library: its workflows are functions. */
export const calledInProcess = (workflows) => ({
  complete: async (name, input, expected) => {
    // Taken out first: DBOS would take the object that a workflow is called on for its configured instance.
    const workflow = workflows[name];
    const output = await workflow(input);
    if (output !== expected)
      throw new Error(
        `${name}(${JSON.stringify(input)}) was to give ${expected}; it gave ${JSON.stringify(output)}.`,
      );
  },
});
