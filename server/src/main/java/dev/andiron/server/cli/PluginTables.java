package dev.andiron.server.cli;

import dev.andiron.kernel.lent.QueryFeatures;
import dev.andiron.kernel.plugin.PluginReport;
import dev.andiron.kernel.plugin.PluginReport.State;
import dev.andiron.kernel.plugin.PluginService;
import dev.andiron.spi.Capabilities;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Installed plugins as tables: what there is, what backends can do, and what is wrong. */
final class PluginTables {
    private static final String UNSAID = "-";

    private PluginTables() {}

    /** A row of the table of capabilities. */
    private record Fact(String name, Function<Capabilities, String> of) {}

    private static final List<Fact> FACTS =
            List.of(
                    new Fact("stores", it -> it.store() ? "yes" : "no, only searches"),
                    new Fact("versions", it -> yes(it.versioning())),
                    new Fact("history", it -> words(it.history())),
                    new Fact("atomic", it -> Messages.word(it.atomicity())),
                    new Fact("change feed", it -> yes(it.changeFeed())),
                    new Fact("follower", it -> yes(it.follower())),
                    new Fact("native search", it -> parts(it.search().size())),
                    new Fact("lent search", it -> parts(lent(it).size())),
                    new Fact("native views", it -> yes(it.nativeViews())),
                    new Fact("SQL on views", it -> yes(it.sqlQueries())),
                    new Fact("job claims", it -> Messages.word(it.claims())),
                    new Fact("files", it -> yes(it.blobs())),
                    new Fact("several nodes", it -> yes(it.shared())),
                    new Fact("writes at once", it -> String.valueOf(it.writeConcurrency())));

    static void print(List<PluginReport.Entry> entries, PrintWriter out) {
        if (entries.isEmpty()) {
            out.println("no plugins found");
            return;
        }
        var rows = new ArrayList<List<String>>();
        rows.add(List.of("NAME", "KIND", "STATE", "VERSION", "VENDOR", "SPI", "KEPT IN", "FROM"));
        entries.forEach(entry -> rows.add(row(entry)));
        table(rows, out);
        entries.stream()
                .filter(entry -> entry.state() == State.LOADED)
                .forEach(entry -> out.printf("%n%s: %s", entry.name(), entry.description()));
        out.println();
        capabilities(entries, out);
        problems(entries, out);
    }

    private static List<String> row(PluginReport.Entry entry) {
        return List.of(
                said(entry.name()),
                entry.service().toString(),
                entry.state() == State.LOADED ? "loaded" : "FAILED",
                said(entry.version()),
                said(entry.vendor()),
                said(entry.spiVersion()),
                entry.realm().map(Object::toString).orElse(UNSAID),
                entry.location().toString());
    }

    private static void capabilities(List<PluginReport.Entry> entries, PrintWriter out) {
        List<PluginReport.Entry> known =
                entries.stream().filter(entry -> entry.capabilities().isPresent()).toList();
        if (!known.isEmpty()) {
            var rows = new ArrayList<List<String>>();
            rows.add(row("CAPABILITY", known, PluginReport.Entry::name));
            for (Fact fact : FACTS) {
                rows.add(
                        row(
                                fact.name(),
                                known,
                                entry -> fact.of().apply(entry.capabilities().orElseThrow())));
            }
            out.println();
            table(rows, out);
            known.forEach(entry -> searches(entry, out));
        }
        List<String> unknown =
                entries.stream()
                        .filter(entry -> entry.service() == PluginService.BACKEND)
                        .filter(entry -> entry.state() == State.LOADED)
                        .filter(entry -> entry.capabilities().isEmpty())
                        .map(PluginReport.Entry::name)
                        .toList();
        if (!unknown.isEmpty()) {
            out.printf(
                    "%nWhat these can do depends on how they are configured: %s%n",
                    String.join(", ", unknown));
        }
    }

    private static List<String> row(
            String first,
            List<PluginReport.Entry> entries,
            Function<PluginReport.Entry, String> cell) {
        var row = new ArrayList<String>();
        row.add(first);
        entries.stream().map(cell).forEach(row::add);
        return row;
    }

    private static void searches(PluginReport.Entry entry, PrintWriter out) {
        Capabilities capabilities = entry.capabilities().orElseThrow();
        out.printf("%n%s searches itself: %s%n", entry.name(), words(capabilities.search()));
        if (!lent(capabilities).isEmpty()) {
            out.printf("%s is scanned for: %s%n", entry.name(), words(lent(capabilities)));
        }
    }

    private static void problems(List<PluginReport.Entry> entries, PrintWriter out) {
        List<PluginReport.Entry> failed =
                entries.stream().filter(entry -> entry.state() == State.FAILED).toList();
        if (!failed.isEmpty()) {
            out.printf("%nPROBLEMS%n");
            failed.forEach(entry -> out.println("  " + entry.reason()));
        }
    }

    static void table(List<List<String>> rows, PrintWriter out) {
        int columns = rows.getFirst().size();
        for (List<String> row : rows) {
            var line = new StringBuilder();
            for (int column = 0; column < columns; column++) {
                int at = column;
                int width =
                        rows.stream().mapToInt(each -> each.get(at).length()).max().orElse(0) + 2;
                line.append(row.get(column)).repeat(' ', width - row.get(column).length());
            }
            out.println(line.toString().stripTrailing());
        }
    }

    private static Collection<? extends Enum<?>> lent(Capabilities capabilities) {
        return QueryFeatures.lentFor(capabilities);
    }

    private static String parts(int count) {
        return count == 0 ? "no" : count + (count == 1 ? " part" : " parts");
    }

    private static String said(String text) {
        return Optional.of(text).filter(it -> !it.isBlank()).orElse(UNSAID);
    }

    private static String yes(boolean value) {
        return value ? "yes" : "no";
    }

    private static String words(Collection<? extends Enum<?>> constants) {
        return constants.isEmpty()
                ? "none"
                : constants.stream().map(Messages::word).collect(Collectors.joining(", "));
    }
}
