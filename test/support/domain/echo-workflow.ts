/** A workflow that gives back its input, having done nothing. */
export const echoWorkflow = {
  name: "echo",
  version: "1",
  steps: [
    { id: "nothing", kind: "tool", tool: "listDocuments", when: "false" },
  ],
  output: "${input}",
};
