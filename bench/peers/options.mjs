import { parseArgs } from "node:util";

/** Throws a sentence for people when there is no such option, engine or workload. */
export function readOptions(argv, engines, workloads) {
  const { values } = parseArgs({
    args: argv,
    options: {
      engines: { type: "string" },
      only: { type: "string" },
      quick: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
    },
  });
  return {
    engines: chosen("engine", values.engines, engines),
    workloads: chosen("workload", values.only, workloads),
    size: values.quick ? "quick" : "full",
    json: values.json,
  };
}

function chosen(kind, said, known) {
  const wanted = said?.split(",").map((name) => name.trim()) ?? known;
  const unknown = wanted.filter((name) => !known.includes(name));
  if (unknown.length > 0)
    throw new Error(
      `There is no ${kind} named ${unknown.join(", ")}. There are: ${known.join(", ")}.`,
    );
  return known.filter((name) => wanted.includes(name));
}
