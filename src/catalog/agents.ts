import type { Agent } from "../domain/agent";
import type { Json } from "../domain/payload";

const text: Json = { type: "string", minLength: 1 };
const texts: Json = { type: "array", items: text };

const answer = (
  fields: Readonly<Record<string, Json>>,
): NonNullable<Agent["outputSchema"]> => ({
  type: "object",
  properties: fields,
  required: Object.keys(fields),
  additionalProperties: false,
});

/** Says in which order and with which questions a set of documents is to be reviewed. */
const planner: Agent = {
  name: "planner",
  instructions: `You plan the review of a set of documents before anybody reads them.
You are given the names of the documents, what the review is to look at, and the rules of a review.
Answer with a summary of one or two sentences, and with three to six steps, each one sentence that says what to do.`,
  outputSchema: answer({ steps: texts, summary: text }),
  offline: {
    about: ["read", "quote", "compare", "report", "document"],
    sentences: 4,
  },
};

/** Reads one document and says what matters in it, in the document's own words. */
const reader: Agent = {
  name: "reader",
  instructions: `You read one document and find what matters in it.
The first line of the message is the document's name: read it with readDocument before you answer.
Findings are two or three sentences quoted word for word from the document: obligations, amounts, dates and deadlines in a
contract; cause, impact and actions in an incident report. Put into the summary, in one or two sentences, what the document is.
Never add anything that the document does not say.`,
  tools: ["readDocument"],
  outputSchema: answer({ document: text, findings: texts, summary: text }),
  maxRounds: 4,
  offline: {
    rounds: [[{ tool: "readDocument", arguments: { name: "${lines[0]}" } }]],
    about: [
      "shall",
      "must",
      "obligat",
      "terminat",
      "liab",
      "penalt",
      "renew",
      "root cause",
      "caused",
      "impact",
      "failed",
      "because",
    ],
    sentences: 3,
  },
};

/** Writes the report from the plan and the findings. */
const writer: Agent = {
  name: "writer",
  instructions: `You write the report of a document review in Markdown, for people who have not read the documents.
Use only the plan and the findings that you are given. Begin with the title, then the plan, then one section for each document,
headed by its name, with its summary and two or three quoted findings; close with a section that says what stands out.`,
  offline: {
    about: ["shall", "must", "caus", "liab", "terminat", "penalt"],
    sentences: 4,
  },
};

export const documentReviewAgents: readonly Agent[] = [planner, reader, writer];
