package dev.andiron.fhir.outcome;

import java.util.List;
import java.util.stream.Collectors;

/** A request that is refused: the HTTP status and what to tell the client. */
public final class FhirException extends RuntimeException {
    private static final long serialVersionUID = 1;
    private final int status;
    private final transient List<Issue> issues;

    public FhirException(int status, List<Issue> issues) {
        super(issues.stream().map(Issue::diagnostics).collect(Collectors.joining("; ")));
        this.status = status;
        this.issues = List.copyOf(issues);
    }

    public FhirException(int status, String code, String diagnostics) {
        this(status, List.of(Issue.error(code, diagnostics)));
    }

    public int status() {
        return status;
    }

    public List<Issue> issues() {
        return issues;
    }
}
