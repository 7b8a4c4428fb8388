/** @type {import("jest").Config} */
module.exports = {
  // With the folders of collectCoverageFrom: coverage counts a file that no test imports only below a root.
  roots: [
    "<rootDir>/test",
    "<rootDir>/local-cloud",
    "<rootDir>/orchestrators",
    "<rootDir>/activities",
    "<rootDir>/entities",
    "<rootDir>/src",
  ],
  testMatch: ["**/*.test.ts"],
  testEnvironment: "node",
  transform: { "^.+\\.ts$": "ts-jest" },
  modulePathIgnorePatterns: ["<rootDir>/dist/", "<rootDir>/local-cloud/dist/"],
  testTimeout: 60_000,
  // By default jest leaves one core idle, but most tests wait for child processes.
  maxWorkers: "100%",

  // Only with --coverage (`npm run coverage`). Counts code that runs in jest's processes: the end-to-end tests run the compiled
  // code in child processes, which are not counted.
  coverageProvider: "v8",
  collectCoverageFrom: [
    "{orchestrators,activities,entities,src}/**/*.ts",
    "local-cloud/**/*.ts",
    "!local-cloud/{test,dist}/**",
    "!**/*.d.ts",
  ],
  coverageReporters: ["json-summary", "lcovonly"],
  // Percent: half a percent below the figure that `.ci/run` prints, because some code runs only at certain timings.
  coverageThreshold: { global: { lines: 79, branches: 89, functions: 87.5 } },
};
