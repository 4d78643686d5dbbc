package dev.andiron.server.cli.load;

import dev.andiron.fhir.json.JsonNumber;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.fhir.json.JsonSyntaxException;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Counts what a server says to one bundle. */
final class AnswerReader {
    private static final Pattern LOCATION =
            Pattern.compile("(?:^|/)([A-Z][A-Za-z]{1,63})/[A-Za-z0-9.-]{1,64}(?:/_history/.*)?$");

    private final Parcel parcel;
    private final LoadTally tally;
    private boolean whole = true;

    AnswerReader(Parcel parcel, LoadTally tally) {
        this.parcel = parcel;
        this.tally = tally;
    }

    void read(FhirTarget.Answer answer) {
        JsonObject body;
        try {
            body = JsonReader.readObject(answer.body());
        } catch (JsonSyntaxException e) {
            failed(
                    parcel.origin(),
                    "HTTP %d with an answer that is no JSON".formatted(answer.status()));
            return;
        }
        if (answer.status() != 200) {
            failed(parcel.origin(), "HTTP %d: %s".formatted(answer.status(), diagnostics(body)));
            return;
        }
        if (parcel.lines().isPresent()) {
            imported(body);
            return;
        }
        List<JsonObject> entries = body.objects("entry");
        for (int i = 0; i < entries.size(); i++) {
            entry(i, entries.get(i));
        }
        int expected = parcel.entryOrigins().size();
        if (expected > 0 && expected != entries.size()) {
            failed(
                    parcel.origin(),
                    "%d entries were sent and %d answered".formatted(expected, entries.size()));
        }
    }

    /** What an import says: how many of each type, and what is wrong with which line. */
    private void imported(JsonObject parameters) {
        for (JsonObject parameter : parameters.objects("parameter")) {
            switch (parameter.string("name").orElse("")) {
                case "output" ->
                        tally.loaded(
                                part(parameter, "type")
                                        .flatMap(part -> part.string("valueString"))
                                        .orElse("(type not told)"),
                                new LoadTally.Count(
                                        number(parameter, "created"),
                                        number(parameter, "updated")
                                                + number(parameter, "unchanged")));
                case "error" -> {
                    String reason =
                            parameter.object("resource").map(AnswerReader::diagnostics).orElse("");
                    failed(parcel.origin(), reason);
                }
                case "note" -> failed(parcel.origin(), parameter.string("valueString").orElse(""));
                default -> {
                    // sums of the above
                }
            }
        }
    }

    private static Optional<JsonObject> part(JsonObject parameter, String name) {
        return parameter.objects("part").stream()
                .filter(part -> part.string("name").orElse("").equals(name))
                .findFirst();
    }

    private static long number(JsonObject parameter, String name) {
        return part(parameter, name)
                .map(part -> part.get("valueInteger"))
                .filter(JsonNumber.class::isInstance)
                .map(value -> ((JsonNumber) value).decimal().longValue())
                .orElse(0L);
    }

    private void failed(String origin, String reason) {
        whole = false;
        tally.failed(origin, reason);
    }

    /** Whether nothing of it failed. */
    boolean isWhole() {
        return whole;
    }

    private void entry(int index, JsonObject entry) {
        JsonObject response = entry.object("response").orElse(JsonObject.empty());
        String status = response.string("status").orElse("");
        if (status.startsWith("2")) {
            tally.loaded(type(response), status.startsWith("201"));
        } else {
            String reason = response.object("outcome").map(AnswerReader::diagnostics).orElse("");
            failed(parcel.originOf(index), "%s: %s".formatted(status, reason));
        }
    }

    private static String type(JsonObject response) {
        Optional<String> location = response.string("location");
        if (location.isPresent()) {
            Matcher matcher = LOCATION.matcher(location.get());
            if (matcher.find()) {
                return matcher.group(1);
            }
        }
        return "(type not told)";
    }

    private static String diagnostics(JsonObject outcome) {
        List<JsonObject> issues = outcome.objects("issue");
        if (issues.isEmpty()) {
            return "no reason was given";
        }
        String first = issues.getFirst().string("diagnostics").orElse("no diagnostics were given");
        return issues.size() == 1 ? first : first + " (and %d more)".formatted(issues.size() - 1);
    }
}
