package dev.andiron.tck;

/**
 * What became of one promise.
 *
 * @param test the name of its test, such as {@code required_RS01_readsBack}
 * @param promise what the SPI promises
 * @param capability the declared capability that it belongs to
 * @param outcome how it came out
 * @param reason why it failed, or does not apply; empty if it was kept
 */
record PromiseResult(
        String test, String promise, String capability, Outcome outcome, String reason) {

    /** How a promise came out; of several tests of one promise the last of these counts. */
    enum Outcome {
        PASSED,
        NOT_APPLICABLE,
        /** Recommended only, and not kept. */
        NOT_KEPT,
        FAILED;

        String words() {
            return name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ');
        }
    }

    /** The worse of two results of one promise. */
    PromiseResult or(PromiseResult other) {
        return other.outcome.compareTo(outcome) > 0 ? other : this;
    }

    /** The id within the test's name, such as {@code RS01}. */
    String id() {
        return test.split("_", 3)[1];
    }
}
