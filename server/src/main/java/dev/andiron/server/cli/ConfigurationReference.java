package dev.andiron.server.cli;

import dev.andiron.kernel.config.ReferenceEntry;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The page that lists every key.
 *
 * @param entries the keys
 */
record ConfigurationReference(List<ReferenceEntry> entries) {
    private static final String INTRODUCTION =
            """
            # Configuration

            One YAML file, given by `--config`. Without one everything has its default: FHIR R4 on
            `http://127.0.0.1:8080/fhir`, stored by SQLite in the data folder.

            ```yaml
            server: { host: 127.0.0.1, port: 8080 }
            storage: main                     # the backend that serves FHIR requests
            backends:
              main: { plugin: sqlite, path: andiron.db }
            ```

            - Every value has one dotted key. A value is taken from the command line (`--host`, `--port`),
              else from its environment variable, else from the file, else it has its default.
            - `${NAME}` and `${NAME:default}` in the file stand for environment variables.
            - Relative paths start at the data folder (`--data`, by default `data` in the current folder).
            - Times are written `500ms`, `30s`, `5m`, `1h`; sizes `64KiB`, `10MiB`, `1GiB` or as bytes.
            - An unknown key, a wrong type or a missing value is an error that names file and line;
              all of them are told at once. `andiron config` shows what is in effect, and from where.

            This page is what `andiron config reference` prints.
            """;

    void print(PrintWriter out) {
        out.print(INTRODUCTION);
        sections()
                .forEach(
                        (title, section) -> {
                            out.println();
                            out.println("## " + title);
                            out.println();
                            out.println("| key | type | default | meaning |");
                            out.println("| --- | --- | --- | --- |");
                            section.forEach(entry -> out.println(row(entry)));
                        });
        out.flush();
    }

    private Map<String, List<ReferenceEntry>> sections() {
        return entries.stream()
                .collect(
                        Collectors.groupingBy(
                                ConfigurationReference::title,
                                LinkedHashMap::new,
                                Collectors.toList()));
    }

    private static String title(ReferenceEntry entry) {
        String kind = entry.key().startsWith("interceptors.") ? "Interceptors" : "Backends";
        if (entry.plugin().isPresent()) {
            return kind + " of the plugin `" + entry.plugin().get() + "`";
        }
        int dot = entry.key().lastIndexOf('.');
        if (dot < 0) {
            return "Top of the file";
        }
        String section = entry.key().substring(0, dot);
        return section.endsWith(".<name>") ? kind : "`" + section + "`";
    }

    private static String row(ReferenceEntry entry) {
        String type =
                entry.choices().isEmpty()
                        ? Messages.word(entry.type())
                        : entry.choices().stream()
                                .map(choice -> "`" + choice + "`")
                                .collect(Collectors.joining(", "));
        String none = entry.required() ? "required" : "";
        String preset =
                entry.defaultValue()
                        .filter(value -> !value.isEmpty())
                        .map(value -> "`" + value + "`")
                        .orElse(none);
        String secret = entry.secret() ? " Secret: masked wherever it is shown." : "";
        return "| `%s`<br>`%s` | %s | %s | %s%s |"
                .formatted(
                        entry.key(),
                        entry.environment(),
                        type,
                        preset,
                        entry.description().replace("|", "\\|"),
                        secret);
    }
}
