package dev.andiron.fhir.view;

import dev.andiron.fhir.outcome.FhirException;
import dev.andiron.fhir.outcome.Issue;

import java.util.ArrayList;
import java.util.List;

/** All that is wrong with one view. */
final class Problems {
    /** More do not help whoever reads them. */
    private static final int MOST = 100;

    private final List<Issue> issues = new ArrayList<>();

    /** Adds a problem of an element. */
    void add(String element, String message) {
        if (issues.size() < MOST) {
            issues.add(Issue.error("invalid", message, element));
        } else if (issues.size() == MOST) {
            issues.add(Issue.error("too-costly", "there are more problems than these " + MOST));
        }
    }

    boolean isEmpty() {
        return issues.isEmpty();
    }

    void throwIfAny() {
        if (!issues.isEmpty()) {
            throw new FhirException(422, issues);
        }
    }
}
