import { createAos, defineAgent, defineWorkflow } from "aos-durable";
import { ollamaModel } from "./ollama-model";

const critic = defineAgent({
  name: "critic",
  instructions: "You name the weakest point of an argument in one sentence.",
});

const criticize = defineWorkflow({
  name: "criticize",
  version: "1",
  steps: [
    { id: "critic", kind: "agent", agent: "critic", prompt: "${input.text}" },
  ],
});

createAos({
  agents: [critic],
  tools: [],
  workflows: [criticize],
  model: ollamaModel(
    new URL(process.env["OLLAMA_URL"] ?? "http://localhost:11434"),
    process.env["OLLAMA_MODEL"] ?? "llama3.2",
  ),
}).register();
