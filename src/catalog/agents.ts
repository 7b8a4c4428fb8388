import type { Agent } from "../domain/agent";
import type { Json } from "../domain/payload";

const text: Json = { type: "string", minLength: 1 };
const texts: Json = { type: "array", items: text };

const objectSchema = (
  fields: Readonly<Record<string, Json>>,
): NonNullable<Agent["outputSchema"]> => ({
  type: "object",
  properties: fields,
  required: Object.keys(fields),
  additionalProperties: false,
});

const planner: Agent = {
  name: "planner",
  instructions: `You plan the review of a set of documents before they are read.
You are given the names of the documents, the focus of the review and its rules.
Answer with a summary of one or two sentences and with three to six steps, each one sentence.`,
  outputSchema: objectSchema({ steps: texts, summary: text }),
};

const reader: Agent = {
  name: "reader",
  instructions: `You read one document and find what matters in it.
The first line of the message is the document's name: read it with readDocument before you answer.
Findings are two or three sentences quoted word for word from the document: obligations, amounts, dates and deadlines in a
contract; cause, impact and actions in an incident report. The summary describes the document in one or two sentences.
Never add information that is not in the document.`,
  tools: ["readDocument"],
  outputSchema: objectSchema({
    document: text,
    findings: texts,
    summary: text,
  }),
  maxRounds: 4,
};

const writer: Agent = {
  name: "writer",
  instructions: `You write the report of a document review in Markdown, for people who have not read the documents.
Use only the plan and the findings that you are given. Begin with the title, then the plan, then one section for each document,
headed by its name, with its summary and two or three quoted findings; close with a section on the most important findings.`,
};

export const documentReviewAgents: readonly Agent[] = [planner, reader, writer];
