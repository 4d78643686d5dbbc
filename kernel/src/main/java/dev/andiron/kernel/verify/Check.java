package dev.andiron.kernel.verify;

/**
 * One thing that was looked at.
 *
 * @param id what it is called: a word for a look at the jar, the kit's id for a promise
 * @param outcome how it came out
 * @param about what has to hold
 * @param reason why it does not, or was not looked at; empty if it holds
 */
public record Check(String id, Outcome outcome, String about, String reason) {

    /** How a check came out. */
    public enum Outcome {
        PASSED,
        FAILED,
        /** Worth a look, but nothing to refuse a plugin for. */
        WARNING,
        /** The plugin does not declare what it is about, or it could not be tried. */
        NOT_APPLICABLE
    }

    static Check passed(String id, String about) {
        return new Check(id, Outcome.PASSED, about, "");
    }

    static Check failed(String id, String about, String reason) {
        return new Check(id, Outcome.FAILED, about, reason);
    }

    static Check warning(String id, String about, String reason) {
        return new Check(id, Outcome.WARNING, about, reason);
    }

    static Check notApplicable(String id, String about, String reason) {
        return new Check(id, Outcome.NOT_APPLICABLE, about, reason);
    }
}
