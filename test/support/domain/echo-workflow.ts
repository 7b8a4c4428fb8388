/** A workflow that returns its input and runs no step. */
export const echoWorkflow = {
  name: "echo",
  version: "1",
  steps: [
    { id: "nothing", kind: "tool", tool: "listDocuments", when: "false" },
  ],
  output: "${input}",
};
