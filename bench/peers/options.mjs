import { parseArgs } from "node:util";

/** Throws when an option, an engine or a workload is unknown. */
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
    engines: choose("engine", values.engines, engines),
    workloads: choose("workload", values.only, workloads),
    size: values.quick ? "quick" : "full",
    json: values.json,
  };
}

function choose(kind, text, known) {
  const wanted = text?.split(",").map((name) => name.trim()) ?? known;
  const unknown = wanted.filter((name) => !known.includes(name));
  if (unknown.length > 0)
    throw new Error(
      `There is no ${kind} named ${unknown.join(", ")}. The known ones are: ${known.join(", ")}.`,
    );
  return known.filter((name) => wanted.includes(name));
}
