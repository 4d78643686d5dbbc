package dev.andiron.tck;

import dev.andiron.tck.PromiseResult.Outcome;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Collectors;

/** What a run of the kit found, written as text and as JSON. Safe for use by many threads. */
final class ConformanceReport {
    /** The system property that names the folder for reports. */
    static final String FOLDER_PROPERTY = "andiron.tck.report";

    private final Map<String, PromiseResult> results = new ConcurrentSkipListMap<>();

    void add(PromiseResult result) {
        results.merge(result.test(), result, PromiseResult::or);
    }

    /** Where reports go: below Maven's folder for what is built, if there is one. */
    static Path folder() {
        String named = System.getProperty(FOLDER_PROPERTY);
        if (named != null) {
            return Path.of(named);
        }
        Path built = Path.of("target");
        return Files.isDirectory(built) ? built.resolve("andiron-tck") : Path.of("andiron-tck");
    }

    /**
     * Writes both files, called like the class of the contract.
     *
     * @param contract the name of that class
     * @param backend the name of the backend
     */
    void write(Path folder, String contract, String backend, long seed) {
        try {
            Files.createDirectories(folder);
            Files.writeString(folder.resolve(contract + ".txt"), text(contract, backend, seed));
            Files.writeString(folder.resolve(contract + ".json"), json(contract, backend, seed));
        } catch (IOException unwritten) {
            throw new UncheckedIOException(unwritten);
        }
    }

    private Map<Outcome, Long> totals(List<PromiseResult> of) {
        var totals = new EnumMap<Outcome, Long>(Outcome.class);
        for (Outcome outcome : Outcome.values()) {
            totals.put(outcome, of.stream().filter(it -> it.outcome() == outcome).count());
        }
        return totals;
    }

    private TreeMap<String, List<PromiseResult>> byCapability() {
        return results.values().stream()
                .collect(
                        Collectors.groupingBy(
                                PromiseResult::capability, TreeMap::new, Collectors.toList()));
    }

    String text(String contract, String backend, long seed) {
        var text = new StringBuilder();
        text.append("Compatibility report of ").append(contract).append('\n');
        text.append("backend  ").append(backend).append('\n');
        text.append("seed     ").append(seed).append('\n');
        Map<Outcome, Long> all = totals(List.copyOf(results.values()));
        text.append("result   ")
                .append(
                        all.entrySet().stream()
                                .map(each -> each.getValue() + " " + each.getKey().words())
                                .collect(Collectors.joining(", ")))
                .append("\n\n");
        line(text, "CAPABILITY", "PASSED", "FAILED", "NOT KEPT", "NOT APPLICABLE");
        byCapability()
                .forEach(
                        (capability, of) -> {
                            Map<Outcome, Long> totals = totals(of);
                            line(
                                    text,
                                    capability,
                                    totals.get(Outcome.PASSED),
                                    totals.get(Outcome.FAILED),
                                    totals.get(Outcome.NOT_KEPT),
                                    totals.get(Outcome.NOT_APPLICABLE));
                        });
        for (Outcome outcome : List.of(Outcome.FAILED, Outcome.NOT_KEPT, Outcome.NOT_APPLICABLE)) {
            details(text, outcome);
        }
        return text.toString();
    }

    private static void line(StringBuilder text, String name, Object... cells) {
        var line = new StringBuilder(String.format(Locale.ROOT, "%-18s", name));
        for (Object cell : cells) {
            line.append(String.format(Locale.ROOT, "%16s", cell));
        }
        text.append(line.toString().stripTrailing()).append('\n');
    }

    private void details(StringBuilder text, Outcome outcome) {
        List<PromiseResult> of =
                results.values().stream().filter(it -> it.outcome() == outcome).toList();
        if (of.isEmpty()) {
            return;
        }
        text.append('\n').append(outcome.words().toUpperCase(Locale.ROOT)).append('\n');
        for (PromiseResult result : of) {
            text.append("  ")
                    .append(result.id())
                    .append("  ")
                    .append(result.promise())
                    .append('\n');
            text.append("        ").append(result.reason().strip()).append('\n');
        }
    }

    String json(String contract, String backend, long seed) {
        var json = new StringBuilder("{\n");
        json.append("  \"contract\": ").append(quoted(contract)).append(",\n");
        json.append("  \"backend\": ").append(quoted(backend)).append(",\n");
        json.append("  \"seed\": ").append(quoted(Long.toString(seed))).append(",\n");
        json.append("  \"totals\": ").append(totalsJson(List.copyOf(results.values())));
        json.append(",\n  \"capabilities\": [\n");
        json.append(
                byCapability().entrySet().stream()
                        .map(
                                each ->
                                        "    {\"name\": %s, \"totals\": %s, \"promises\": [\n%s]}"
                                                .formatted(
                                                        quoted(each.getKey()),
                                                        totalsJson(each.getValue()),
                                                        each.getValue().stream()
                                                                .map(ConformanceReport::json)
                                                                .collect(
                                                                        Collectors.joining(",\n"))))
                        .collect(Collectors.joining(",\n")));
        return json.append("\n  ]\n}\n").toString();
    }

    private String totalsJson(List<PromiseResult> of) {
        return totals(of).entrySet().stream()
                .map(each -> quoted(each.getKey().words()) + ": " + Long.toString(each.getValue()))
                .collect(Collectors.joining(", ", "{", "}"));
    }

    private static String json(PromiseResult result) {
        return "      {\"id\": %s, \"test\": %s, \"promise\": %s, \"outcome\": %s, \"reason\": %s}"
                .formatted(
                        quoted(result.id()),
                        quoted(result.test()),
                        quoted(result.promise()),
                        quoted(result.outcome().words()),
                        quoted(result.reason()));
    }

    private static String quoted(String text) {
        var quoted = new StringBuilder("\"");
        for (char each : text.toCharArray()) {
            switch (each) {
                case '"', '\\' -> quoted.append('\\').append(each);
                default -> {
                    if (each < ' ') {
                        quoted.append("\\u").append(String.format(Locale.ROOT, "%04x", (int) each));
                    } else {
                        quoted.append(each);
                    }
                }
            }
        }
        return quoted.append('"').toString();
    }
}
