package dev.andiron.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What a run found: printed as it goes, and kept, so that the run can write it to a file. */
final class Report {
    private static final Path PROCESSORS = Path.of("/proc/cpuinfo");
    private static final Path MEMORY = Path.of("/proc/meminfo");

    private final StringBuilder text = new StringBuilder();

    /** A line of text, or several. */
    void say(String format, Object... values) {
        String line = String.format(Locale.ROOT, format, values) + System.lineSeparator();
        text.append(line);
        System.out.print(line);
    }

    /** Begins a table. */
    void table(String title, List<String> columns) {
        say("%n## %s%n", title);
        say("| %s |", String.join(" | ", columns));
        say("| --- |%s", " ---: |".repeat(columns.size() - 1));
    }

    /** A row of the table that was begun last. */
    void row(List<String> cells) {
        say("| %s |", String.join(" | ", cells));
    }

    /** What the figures were measured on. */
    void machine() throws IOException {
        say(
                "%s, %d processors%s%s, %s %s, Java %s.",
                LocalDate.now(ZoneOffset.UTC),
                Runtime.getRuntime().availableProcessors(),
                line(PROCESSORS, "model name").map(name -> " (" + name + ")").orElse(""),
                line(MEMORY, "MemTotal").map(size -> ", memory " + size).orElse(""),
                System.getProperty("os.name"),
                System.getProperty("os.version"),
                Runtime.version());
    }

    private static Optional<String> line(Path file, String name) throws IOException {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        return Files.readAllLines(file).stream()
                .filter(line -> line.startsWith(name))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst();
    }

    /** Writes all of it. */
    void write(Path file) throws IOException {
        Files.writeString(file, text);
    }

    /** A figure for a cell. */
    static String figure(double value, int decimals) {
        return Double.isNaN(value) ? "" : String.format(Locale.ROOT, "%,." + decimals + "f", value);
    }
}
