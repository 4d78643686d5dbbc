package dev.andiron.server.bulkimport;

import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonString;
import dev.andiron.fhir.json.JsonWriter;
import dev.andiron.fhir.outcome.Issue;
import dev.andiron.fhir.outcome.OperationOutcome;

import java.util.ArrayList;
import java.util.List;

/**
 * A line or entry that was not stored, or a file that was not read to its end.
 *
 * @param source the file's name
 * @param line its line, or the number of its entry; from 1, 0 for the file itself
 * @param issues what is wrong
 */
record ImportFailure(String source, long line, List<Issue> issues) {
    private static final String EXTENSION =
            "http://hl7.org/fhir/StructureDefinition/operationoutcome-issue-";

    ImportFailure {
        issues = List.copyOf(issues);
    }

    static ImportFailure of(String source, long line, String code, String diagnostics) {
        return new ImportFailure(source, line, List.of(Issue.error(code, diagnostics)));
    }

    /** The OperationOutcome, whose issues tell file and line in HL7's extensions for that. */
    JsonObject outcome() {
        JsonObject plain = OperationOutcome.of(issues);
        var place = new ArrayList<JsonObject>();
        place.add(
                JsonObject.builder()
                        .put("url", EXTENSION + "source")
                        .put("valueString", source)
                        .build());
        if (line > 0) {
            place.add(
                    JsonObject.builder()
                            .put("url", EXTENSION + "line")
                            .put("valueInteger", line)
                            .build());
        }
        var placed = new ArrayList<JsonObject>();
        for (JsonObject issue : plain.objects("issue")) {
            var built = JsonObject.builder().putArray("extension", place);
            for (String name : issue.names()) {
                built.put(
                        name,
                        name.equals("diagnostics") && line > 0
                                ? JsonString.of(
                                        "line %d: %s"
                                                .formatted(line, issue.string(name).orElseThrow()))
                                : issue.get(name));
            }
            placed.add(built.build());
        }
        return JsonObject.builder()
                .put("resourceType", "OperationOutcome")
                .putArray("issue", placed)
                .build();
    }

    /** The outcome as a line of NDJSON. */
    byte[] json() {
        return JsonWriter.compact(outcome());
    }
}
