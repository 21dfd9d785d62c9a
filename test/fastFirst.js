const Sequencer = require("@jest/test-sequencer").default;

/** Unit tests before engine tests: what is wrong shows as early as it can. */
module.exports = class FastFirst extends Sequencer {
  sort(tests) {
    const engine = (test) => (test.context.config.displayName.name === "engine" ? 1 : 0);
    return super.sort(tests).sort((a, b) => engine(a) - engine(b));
  }
};
