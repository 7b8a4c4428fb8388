/** Describes each engine and explains missing figures; a reason that several workloads share appears once. */
export const formatRemarks = (results, names) =>
  Object.entries(results).flatMap(([engine, outcomes]) =>
    [...new Set(describeOutcomes(Object.entries(outcomes)))].map(
      (text) => `${names[engine]}: ${text}`,
    ),
  );

const describeOutcomes = (outcomes) => {
  const described = outcomes.find(([, { description }]) => description);
  const problems = outcomes.filter(([, { problem }]) => problem);
  return [
    ...(described ? [described[1].description] : []),
    ...outcomes.flatMap(([, { unsupported }]) => unsupported ?? []),
    ...[...new Set(problems.map(([, { problem }]) => problem))].map(
      (problem) =>
        `no figures for ${problems
          .filter(([, outcome]) => outcome.problem === problem)
          .map(([workload]) => workload)
          .join(", ")}: ${problem}`,
    ),
  ];
};
