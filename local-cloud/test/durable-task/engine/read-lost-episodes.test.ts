import { readLostEpisodes } from "../../../durable-task/engine/read-lost-episodes";

test("loses no episode by default", () => {
  expect(readLostEpisodes(undefined, undefined)).toBeUndefined();
  expect(readLostEpisodes(undefined, "")).toBeUndefined();
});

test("reads the environment variable, which explicit options override", () => {
  const variable = '{"seed":7,"rate":0.2}';
  expect(readLostEpisodes(undefined, variable)).toEqual({ seed: 7, rate: 0.2 });
  const options = { seed: 1, rate: 1 };
  expect(readLostEpisodes(options, variable)).toEqual(options);
});

test.each([
  "0.2",
  "yes",
  "{",
  '{"seed":1}',
  '{"seed":1,"rate":2}',
  '{"seed":0.5,"rate":1}',
  '{"seed":1,"rate":1,"x":1}',
])("describes the problem of %s", (variable) => {
  expect(readLostEpisodes(undefined, variable)).toMatch(
    /^lostEpisodes.*AZURE_LOCAL_CLOUD_LOST_EPISODES/,
  );
});
