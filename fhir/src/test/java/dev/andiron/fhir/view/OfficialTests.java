package dev.andiron.fhir.view;

import dev.andiron.fhir.json.JsonArray;
import dev.andiron.fhir.json.JsonBoolean;
import dev.andiron.fhir.json.JsonNumber;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.fhir.json.JsonString;
import dev.andiron.fhir.json.JsonValue;
import dev.andiron.fhir.json.JsonWriter;
import dev.andiron.fhir.outcome.FhirException;
import dev.andiron.spi.StorageException;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The official tests of SQL on FHIR, for any runner of views: each case is run, counted, and told
 * in the official form of a report.
 */
public final class OfficialTests {
    private static final List<String> FILES =
            List.of(
                    "basic.json",
                    "collection.json",
                    "combinations.json",
                    "constant.json",
                    "constant_types.json",
                    "fhirpath.json",
                    "fhirpath_numbers.json",
                    "fn_boundary.json",
                    "fn_empty.json",
                    "fn_extension.json",
                    "fn_first.json",
                    "fn_join.json",
                    "fn_oftype.json",
                    "fn_reference_keys.json",
                    "foreach.json",
                    "logic.json",
                    "repeat.json",
                    "row_index.json",
                    "union.json",
                    "validate.json",
                    "view_resource.json",
                    "where.json");

    private OfficialTests() {}

    /** Runs a view over resources. */
    @FunctionalInterface
    public interface Runner {
        /**
         * The table that a view gives.
         *
         * @throws FhirException if the view is refused
         * @throws StorageException.Unprocessable if it is refused on these resources
         */
        Table run(JsonObject view, List<JsonObject> resources);
    }

    /**
     * A table.
     *
     * @param columns the names of its columns in order
     * @param ndjson its rows as NDJSON
     * @param how how it was made, for the report; empty says nothing
     */
    public record Table(List<String> columns, byte[] ndjson, String how) {}

    /** What became of one case. */
    public record Result(String file, String title, Optional<String> error, String how) {
        public boolean passed() {
            return error.isEmpty();
        }
    }

    /** What became of all cases. */
    public record Report(List<Result> results) {
        public long passed() {
            return results.stream().filter(Result::passed).count();
        }

        public List<Result> failures() {
            return results.stream().filter(result -> !result.passed()).toList();
        }

        /** How many cases were made in a way. */
        public long made(String how) {
            return results.stream().filter(result -> result.how().equals(how)).count();
        }

        /** All in one line. */
        public String summary(String runner) {
            return "SQL on FHIR %s: %d passed, %d failed, 0 skipped"
                    .formatted(runner, passed(), failures().size());
        }

        /** Writes the official form, which its schema has to allow. */
        public void write(Path file) {
            var report = JsonObject.builder();
            for (String name : FILES) {
                List<JsonObject> tests =
                        results.stream()
                                .filter(result -> result.file().equals(name))
                                .map(Report::json)
                                .toList();
                report.put(name, JsonObject.builder().putArray("tests", tests).build());
            }
            JsonObject json = report.build();
            List<String> problems = ReportSchema.problems(json);
            if (!problems.isEmpty()) {
                throw new AssertionError(problems.toString());
            }
            try {
                Files.createDirectories(file.getParent());
                Files.write(file, JsonWriter.pretty(json));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static JsonObject json(Result result) {
            var outcome = JsonObject.builder().put("passed", result.passed());
            result.error().ifPresent(error -> outcome.put("error", error));
            if (!result.how().isEmpty()) {
                outcome.put("details", JsonObject.builder().put("how", result.how()).build());
            }
            return JsonObject.builder()
                    .put("name", result.title())
                    .put("result", outcome.build())
                    .build();
        }
    }

    /** Runs all cases. */
    public static Report run(Runner runner) {
        var results = new ArrayList<Result>();
        for (String file : FILES) {
            JsonObject suite = read(file);
            List<JsonObject> resources = suite.objects("resources");
            for (JsonObject test : suite.objects("tests")) {
                results.add(run(file, test, resources, runner));
            }
        }
        return new Report(List.copyOf(results));
    }

    private static JsonObject read(String file) {
        try (InputStream in = OfficialTests.class.getResourceAsStream("official/" + file)) {
            return JsonReader.readObject(in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Result run(
            String file, JsonObject test, List<JsonObject> resources, Runner runner) {
        String title = test.string("title").orElseThrow();
        JsonObject view = test.object("view").orElseThrow();
        boolean refused = test.get("expectError") == JsonBoolean.TRUE;
        try {
            Table table = runner.run(view, resources);
            Optional<String> error =
                    refused ? Optional.of("it was not refused") : difference(test, table);
            return new Result(file, title, error, table.how());
        } catch (FhirException | StorageException.Unprocessable told) {
            return new Result(
                    file, title, refused ? Optional.empty() : Optional.of(told.toString()), "");
        } catch (RuntimeException broken) {
            return new Result(file, title, Optional.of("it broke: " + broken), "");
        }
    }

    private static Optional<String> difference(JsonObject test, Table table) {
        if (test.get("expectColumns") instanceof JsonArray columns) {
            List<String> wanted =
                    columns.values().stream().map(name -> ((JsonString) name).value()).toList();
            if (!wanted.equals(table.columns())) {
                return Optional.of("expected columns " + wanted + ", got " + table.columns());
            }
        }
        List<JsonObject> got =
                new String(table.ndjson(), java.nio.charset.StandardCharsets.UTF_8)
                        .lines()
                        .map(
                                line ->
                                        JsonReader.readObject(
                                                line.getBytes(
                                                        java.nio.charset.StandardCharsets.UTF_8)))
                        .toList();
        if (test.get("expectCount") instanceof JsonNumber count
                && count.decimal().intValue() != got.size()) {
            return Optional.of("expected " + count.text() + " rows, got " + got.size());
        }
        if (!test.has("expect")) {
            return Optional.empty();
        }
        // The order of rows is nobody's promise.
        var rest = new ArrayList<>(got);
        for (JsonObject wanted : test.objects("expect")) {
            int at = 0;
            while (at < rest.size() && !same(wanted, rest.get(at))) {
                at++;
            }
            if (at == rest.size()) {
                return Optional.of("no row " + wanted + " among " + got);
            }
            rest.remove(at);
        }
        return rest.isEmpty() ? Optional.empty() : Optional.of("unexpected rows " + rest);
    }

    /** Equality by value: how many digits a number has does not matter. */
    private static boolean same(JsonValue one, JsonValue other) {
        if (one instanceof JsonNumber number && other instanceof JsonNumber otherNumber) {
            return number.decimal().compareTo(otherNumber.decimal()) == 0;
        }
        if (one instanceof JsonArray array && other instanceof JsonArray otherArray) {
            boolean same = array.size() == otherArray.size();
            for (int i = 0; same && i < array.size(); i++) {
                same = same(array.get(i), otherArray.get(i));
            }
            return same;
        }
        if (one instanceof JsonObject object && other instanceof JsonObject otherObject) {
            boolean same = object.size() == otherObject.size();
            for (int i = 0; same && i < object.size(); i++) {
                JsonValue there = otherObject.get(object.name(i));
                same = there != null && same(object.value(i), there);
            }
            return same;
        }
        return one.equals(other);
    }
}
