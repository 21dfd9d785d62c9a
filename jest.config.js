/** Unit tests run in this process; engine tests drive the real CLI and real emulator processes, one at a time. */
const common = {
  testEnvironment: "node",
  transform: { "\\.ts$": ["ts-jest", { diagnostics: false }] },
  modulePathIgnorePatterns: ["<rootDir>/dist", "<rootDir>/.local", "<rootDir>/.tools"],
};

module.exports = {
  reporters: ["default", "<rootDir>/test/summaryReporter.js"],
  testSequencer: "<rootDir>/test/fastFirst.js",
  testTimeout: 120_000,
  maxWorkers: 2,
  projects: [
    {
      ...common,
      displayName: "unit",
      testMatch: ["<rootDir>/test/**/*.test.ts"],
      testPathIgnorePatterns: ["/node_modules/", "<rootDir>/test/engine/"],
    },
    { ...common, displayName: "engine", testMatch: ["<rootDir>/test/engine/**/*.test.ts"] },
  ],
};
