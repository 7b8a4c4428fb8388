/** What each engine was, and why figures are missing: a reason that many workloads share is said once. */
export const remarks = (results, names) =>
  Object.entries(results).flatMap(([engine, outcomes]) =>
    [...new Set(said(Object.entries(outcomes)))].map(
      (text) => `${names[engine]}: ${text}`,
    ),
  );

const said = (outcomes) => {
  const described = outcomes.find(([, { description }]) => description);
  const problems = outcomes.filter(([, { problem }]) => problem);
  return [
    ...(described ? [described[1].description] : []),
    ...outcomes.flatMap(([, { lacks }]) => lacks ?? []),
    ...[...new Set(problems.map(([, { problem }]) => problem))].map(
      (problem) =>
        `no figures of ${problems
          .filter(([, outcome]) => outcome.problem === problem)
          .map(([workload]) => workload)
          .join(", ")}: ${problem}`,
    ),
  ];
};
