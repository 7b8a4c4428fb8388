/** @type {import("jest").Config} */
module.exports = {
  roots: ["<rootDir>/test", "<rootDir>/local-cloud/test"],
  testMatch: ["**/*.test.ts"],
  testEnvironment: "node",
  transform: { "^.+\\.ts$": "ts-jest" },
  modulePathIgnorePatterns: ["<rootDir>/dist/", "<rootDir>/local-cloud/dist/"],
  testTimeout: 60_000,
  // Most of a test waits for processes of its own; jest would leave one of two cores idle.
  maxWorkers: "100%",
};
