package dev.andiron.server.export;

import dev.andiron.fhir.outcome.FhirException;
import dev.andiron.fhir.outcome.Issue;

import java.util.ArrayList;
import java.util.List;

/**
 * What cannot be done as it was asked for: refused all at once, or passed over and reported with
 * the files if the client prefers that.
 */
final class ExportNotes {
    private static final int MOST = 100;

    private final boolean lenient;
    private final List<Issue> problems = new ArrayList<>();

    ExportNotes(boolean lenient) {
        this.lenient = lenient;
    }

    /** Something that a client can do without. */
    void unsupported(String diagnostics) {
        if (problems.size() < MOST) {
            problems.add(Issue.error("not-supported", diagnostics));
        }
    }

    /** The same for what was refused. */
    void unsupported(String place, FhirException refused) {
        for (Issue issue : refused.issues()) {
            unsupported(place + ": " + issue.diagnostics());
        }
    }

    /**
     * What was passed over.
     *
     * @throws FhirException 400 with everything, unless it may be passed over
     */
    List<String> passedOver() {
        if (!lenient && !problems.isEmpty()) {
            throw new FhirException(400, problems);
        }
        return problems.stream().map(Issue::diagnostics).toList();
    }
}
