/** Ends a run with the line that tells how it went: `N passed, N failed`. */
module.exports = class SummaryReporter {
  onRunComplete(_contexts, results) {
    // A test file that does not even load has failed, too.
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    // Jest writes a summary of its own after the reporters.
    process.once("exit", () => console.log(`${results.numPassedTests} passed, ${failed} failed`));
  }
};
