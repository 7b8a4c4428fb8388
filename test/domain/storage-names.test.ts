import fc from "fast-check";
import {
  describeHubNameProblem,
  storageNames,
  taskHubNames,
} from "../../src/domain/storage-names";
import { taskHubStorageNames } from "../../local-cloud/durable-task/model/storage-names";

const hubName = fc.stringMatching(/^[A-Za-z][A-Za-z0-9]{2,44}$/);
const appNames = Object.values(storageNames).flatMap((names) =>
  Object.values<string>(names),
);

test("no task hub uses a name of the app", () => {
  fc.assert(
    fc.property(hubName, (hub) => {
      const taken = taskHubNames(hub).map((name) => name.toLowerCase());
      expect(
        appNames.filter((name) => taken.includes(name.toLowerCase())),
      ).toEqual([]);
      expect(describeHubNameProblem(hub)).toBeUndefined();
    }),
  );
});

test("refuses the hub whose name, with any ending, is a name of the app", () => {
  fc.assert(
    fc.property(hubName, fc.nat(), fc.boolean(), (hub, choice, isUpper) => {
      const taken = taskHubNames(hub);
      const name = taken[choice % taken.length] ?? "";
      const written = isUpper ? name.toUpperCase() : name;
      expect(describeHubNameProblem(hub, ["AosOther", written])).toBe(
        `is a name with which the task hub would use ${written}, a name of the app: choose another`,
      );
    }),
  );
});

// The names of earlier versions: with the hub `Aos`, the tables of hub and app were one.
test("refuses the hub Aos for an app with a table AosHistory", () => {
  expect(describeHubNameProblem("Aos", ["AosHistory"])).toMatch(/AosHistory/);
});

test.each(["", "ab", "1abc", "a-b-c", "a_b", "ä23", "%HUB%", "a".repeat(46)])(
  "refuses the invalid hub name %j",
  (name) => {
    expect(describeHubNameProblem(name)).toBe(
      "must be 3 to 45 letters and digits and start with a letter",
    );
  },
);

test("the local task hub reserves the names that the app avoids", () => {
  fc.assert(
    fc.property(hubName, (hub) => {
      const { tables, queues, containers } = taskHubStorageNames(hub);
      expect([...tables, ...queues, ...containers].sort()).toEqual(
        [...taskHubNames(hub)].sort(),
      );
    }),
  );
});
