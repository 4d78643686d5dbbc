package dev.andiron.fhir.outcome;

import dev.andiron.fhir.json.JsonArray;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonString;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Makes the OperationOutcome resource. */
public final class OperationOutcome {

    private OperationOutcome() {}

    /**
     * The resource that tells the issues.
     *
     * @param issues at least one
     */
    public static JsonObject of(List<Issue> issues) {
        if (issues.isEmpty()) {
            throw new IllegalArgumentException("an OperationOutcome has an issue");
        }
        var list = new ArrayList<JsonObject>(issues.size());
        for (Issue issue : issues) {
            var object =
                    JsonObject.builder()
                            .put("severity", issue.severity().name().toLowerCase(Locale.ROOT))
                            .put("code", issue.code())
                            .put("diagnostics", issue.diagnostics());
            object.putArray("expression", issue.expression().stream().map(JsonString::of).toList());
            list.add(object.build());
        }
        return JsonObject.builder()
                .put("resourceType", "OperationOutcome")
                .put("issue", JsonArray.of(list))
                .build();
    }

    public static JsonObject of(Issue issue) {
        return of(List.of(issue));
    }
}
