package dev.andiron.fhir.search;

import dev.andiron.fhir.outcome.FhirException;
import dev.andiron.fhir.outcome.Issue;

import java.util.ArrayList;
import java.util.List;

/** Collects all that is wrong with a query, so that a client hears of everything at once. */
final class SearchProblems {
    private final Handling handling;
    private final List<Issue> errors = new ArrayList<>();
    private final List<Issue> notes = new ArrayList<>();

    SearchProblems(Handling handling) {
        this.handling = handling;
    }

    /** A parameter that is not understood: an error, or ignored where that is preferred. */
    void notUnderstood(String name, String reason) {
        if (handling == Handling.STRICT) {
            errors.add(Issue.error("not-supported", "Parameter '" + name + "': " + reason));
        } else {
            notes.add(
                    Issue.warning(
                            "not-supported", "Parameter '" + name + "' was ignored: " + reason));
        }
    }

    /** A value that cannot be meant, whatever the handling. */
    void malformed(String name, String reason) {
        errors.add(Issue.error("value", "Parameter '" + name + "': " + reason));
    }

    void note(String text) {
        notes.add(Issue.warning("informational", text));
    }

    List<Issue> notes() {
        return notes;
    }

    /** Refuses if there was an error. */
    void throwIfAny() {
        if (!errors.isEmpty()) {
            throw new FhirException(400, errors);
        }
    }

    /** A refusal of one parameter, caught where the parameter is known. */
    static final class Refusal extends Exception {
        private static final long serialVersionUID = 1;
        private final boolean malformed;

        private Refusal(boolean malformed, String reason) {
            super(reason, null, false, false);
            this.malformed = malformed;
        }

        static Refusal malformed(String reason) {
            return new Refusal(true, reason);
        }

        static Refusal notUnderstood(String reason) {
            return new Refusal(false, reason);
        }

        void tell(SearchProblems problems, String name) {
            if (malformed) {
                problems.malformed(name, getMessage());
            } else {
                problems.notUnderstood(name, getMessage());
            }
        }
    }
}
