package dev.andiron.fhir.search;

import dev.andiron.fhir.outcome.FhirException;
import dev.andiron.fhir.outcome.Issue;

import java.util.ArrayList;
import java.util.List;

/** Collects all that is wrong with a query, so that a client hears of everything at once. */
final class SearchProblems {
    private static final int BAD_REQUEST = 400;
    private static final int UNPROCESSABLE = 422;
    private static final int NOT_IMPLEMENTED = 501;

    private final Handling handling;
    private final List<Issue> errors = new ArrayList<>();

    /** That of the first error, unless one says that the client is wrong. */
    private int status;

    private final List<Issue> notes = new ArrayList<>();

    SearchProblems(Handling handling) {
        this.handling = handling;
    }

    /** A parameter that is not understood: an error, or ignored where that is preferred. */
    void notUnderstood(String name, String reason) {
        if (handling == Handling.STRICT) {
            status = BAD_REQUEST;
            errors.add(Issue.error("not-supported", "Parameter '" + name + "': " + reason));
        } else {
            notes.add(
                    Issue.warning(
                            "not-supported", "Parameter '" + name + "' was ignored: " + reason));
        }
    }

    /** A value that cannot be meant, whatever the handling. */
    void malformed(String name, String reason) {
        status = BAD_REQUEST;
        errors.add(Issue.error("value", "Parameter '" + name + "': " + reason));
    }

    /** A value that may be right, but whose meaning cannot be had here, whatever the handling. */
    void unprocessable(String name, String reason) {
        status = status == 0 ? UNPROCESSABLE : status;
        errors.add(Issue.error("not-supported", "Parameter '" + name + "': " + reason));
    }

    /** What the standard knows and this server does not do, whatever the handling. */
    void notImplemented(String name, String reason) {
        status = status == 0 ? NOT_IMPLEMENTED : status;
        errors.add(Issue.error("not-supported", "Parameter '" + name + "': " + reason));
    }

    void note(String text) {
        notes.add(Issue.warning("informational", text));
    }

    List<Issue> notes() {
        return notes;
    }

    /** Refuses if there was an error: with 400 unless all that is wrong is out of reach. */
    void throwIfAny() {
        if (!errors.isEmpty()) {
            throw new FhirException(status, errors);
        }
    }

    /** A refusal of one parameter, caught where the parameter is known. */
    static final class Refusal extends Exception {
        private static final long serialVersionUID = 1;
        private final Kind kind;
        private final boolean isFinal;

        private enum Kind {
            MALFORMED,
            NOT_UNDERSTOOD,
            UNPROCESSABLE,
            NOT_IMPLEMENTED
        }

        private Refusal(Kind kind, boolean isFinal, String reason) {
            super(reason, null, false, false);
            this.kind = kind;
            this.isFinal = isFinal;
        }

        static Refusal malformed(String reason) {
            return new Refusal(Kind.MALFORMED, false, reason);
        }

        static Refusal notUnderstood(String reason) {
            return new Refusal(Kind.NOT_UNDERSTOOD, false, reason);
        }

        static Refusal tooDeep(String reason) {
            return new Refusal(Kind.MALFORMED, true, reason);
        }

        static Refusal unprocessable(String reason) {
            return new Refusal(Kind.UNPROCESSABLE, true, reason);
        }

        static Refusal notImplemented(String reason) {
            return new Refusal(Kind.NOT_IMPLEMENTED, true, reason);
        }

        /** Whether it holds whichever type a chain leads to. */
        boolean isFinal() {
            return isFinal;
        }

        void tell(SearchProblems problems, String name) {
            switch (kind) {
                case MALFORMED -> problems.malformed(name, getMessage());
                case NOT_UNDERSTOOD -> problems.notUnderstood(name, getMessage());
                case UNPROCESSABLE -> problems.unprocessable(name, getMessage());
                case NOT_IMPLEMENTED -> problems.notImplemented(name, getMessage());
            }
        }
    }
}
