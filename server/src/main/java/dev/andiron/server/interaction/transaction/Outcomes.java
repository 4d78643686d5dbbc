package dev.andiron.server.interaction.transaction;

import dev.andiron.fhir.json.JsonArray;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.fhir.json.JsonString;
import dev.andiron.fhir.json.JsonValue;
import dev.andiron.fhir.outcome.FhirException;
import dev.andiron.fhir.outcome.Issue;
import dev.andiron.server.interaction.FhirResponse;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Failures of entries, told as failures of the bundle that name the entry. */
final class Outcomes {
    private static final int MAX_ISSUES = 200;

    private Outcomes() {}

    /** The failure of one entry as the failure of the bundle. */
    static FhirException of(EntryRequest entry, FhirException failure) {
        return of(
                entry.index(),
                entry.request().method() + " " + entry.entry().url(),
                failure.status(),
                failure.issues());
    }

    /** The failure of one entry as the failure of the bundle. */
    static FhirException of(int index, String what, int status, List<Issue> issues) {
        return new FhirException(
                status, issues.stream().map(issue -> ofEntry(index, what, status, issue)).toList());
    }

    /** Several failures as one, with the status of the first. */
    static FhirException of(List<FhirException> failures) {
        var issues = new ArrayList<Issue>();
        int left = 0;
        for (FhirException failure : failures) {
            for (Issue issue : failure.issues()) {
                if (issues.size() < MAX_ISSUES) {
                    issues.add(issue);
                } else {
                    left++;
                }
            }
        }
        if (left > 0) {
            issues.add(
                    Issue.information(
                            "informational",
                            "%d more issues are left out of this list.".formatted(left)));
        }
        return new FhirException(failures.getFirst().status(), issues);
    }

    private static Issue ofEntry(int index, String what, int status, Issue issue) {
        String place = "Bundle.entry[" + index + "]";
        List<String> expressions =
                issue.expression().isEmpty()
                        ? List.of(place)
                        : issue.expression().stream().map(it -> within(place, it)).toList();
        return new Issue(
                issue.severity(),
                issue.code(),
                "Entry %d (%s) fails with %d: %s"
                        .formatted(index, what, status, issue.diagnostics()),
                expressions);
    }

    /** {@code Patient.name[0]} becomes {@code Bundle.entry[3].resource.name[0]}. */
    private static String within(String place, String expression) {
        if (expression.startsWith("Bundle.entry[")) {
            return expression;
        }
        int dot = expression.indexOf('.');
        return place + ".resource" + (dot < 0 ? "" : expression.substring(dot));
    }

    /** The issues of a response that is an OperationOutcome. */
    static List<Issue> issues(FhirResponse response) {
        var issues = new ArrayList<Issue>();
        if (response.isOutcome() && response.content().isPresent()) {
            JsonObject outcome = JsonReader.readObject(response.content().get().bytes());
            for (JsonObject issue : outcome.objects("issue")) {
                issues.add(issue(issue));
            }
        }
        return issues.isEmpty()
                ? List.of(Issue.error("processing", "it failed with " + response.status()))
                : issues;
    }

    private static Issue issue(JsonObject issue) {
        var expression = new ArrayList<String>();
        for (JsonValue value : issue.array("expression").orElse(JsonArray.of())) {
            if (value instanceof JsonString string) {
                expression.add(string.value());
            }
        }
        return new Issue(
                Issue.Severity.valueOf(
                        issue.string("severity").orElse("error").toUpperCase(Locale.ROOT)),
                issue.string("code").orElse("processing"),
                issue.string("diagnostics").orElse(""),
                expression);
    }
}
