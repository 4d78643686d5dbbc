package dev.andiron.server.cli;

import dev.andiron.kernel.config.Configuration;
import dev.andiron.kernel.config.ConfigurationException;
import dev.andiron.kernel.lent.QueryFeatures;
import dev.andiron.kernel.plugin.PluginReport;
import dev.andiron.kernel.plugin.Plugins;
import dev.andiron.server.ServerOptions;
import dev.andiron.spi.Capabilities;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;

/** Lists the installed plugins. */
@Command(
        name = "plugins",
        header = "List the plugins that were found, what they can do, and what failed to load.",
        description = {
            "Looks into the distribution's plugins folder and into plugins.directory of the"
                    + " configuration. Nothing is opened."
        })
final class PluginsCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private ConfigurationOptions options;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        try (Plugins plugins = scan(spec.commandLine().getErr())) {
            List<PluginReport.Entry> entries = plugins.report().entries();
            if (entries.isEmpty()) {
                out.println("no plugins found");
            }
            entries.forEach(entry -> print(entry, out));
        }
        out.flush();
        return ExitCodes.DONE;
    }

    /** A configuration that is wrong must not hide why a plugin is. */
    private Plugins scan(PrintWriter err) {
        var found = new ArrayList<Plugins>();
        try {
            Configuration.load(
                    options.source(Map.of()),
                    ServerOptions.sections(),
                    folder -> {
                        found.add(Plugins.scan(ConfigurationOptions.locations().and(folder)));
                        return found.getFirst();
                    });
        } catch (ConfigurationException e) {
            err.println("the configuration has problems; 'andiron config' tells them");
        }
        return found.isEmpty() ? Plugins.scan(ConfigurationOptions.locations()) : found.getFirst();
    }

    private static void print(PluginReport.Entry entry, PrintWriter out) {
        String name = entry.name().isEmpty() ? "(no name)" : entry.name();
        boolean loaded = entry.state() == PluginReport.State.LOADED;
        var facts = new ArrayList<String>();
        facts.add(loaded ? "loaded" : "FAILED");
        if (!entry.version().isEmpty()) {
            facts.add("version " + entry.version());
        }
        if (!entry.spiVersion().isEmpty()) {
            facts.add("SPI " + entry.spiVersion());
        }
        entry.realm().ifPresent(realm -> facts.add(realm.toString()));
        out.printf("%-18s %s%n", name, String.join(", ", facts));
        detail(out, "from", entry.location().toString());
        if (!loaded) {
            detail(out, "reason", entry.reason());
            return;
        }
        detail(out, "about", entry.description());
        entry.capabilities().ifPresent(capabilities -> print(capabilities, out));
    }

    private static void print(Capabilities capabilities, PrintWriter out) {
        detail(out, "stores", capabilities.store() ? "resources" : "nothing, it only searches");
        detail(out, "versioning", yes(capabilities.versioning()));
        detail(out, "history", words(capabilities.history()));
        detail(out, "atomicity", Messages.word(capabilities.atomicity()));
        detail(out, "change feed", yes(capabilities.changeFeed()));
        detail(out, "search", words(capabilities.search()));
        if (capabilities.store()) {
            detail(out, "scanned for", words(QueryFeatures.lentFor(capabilities)));
        }
        detail(out, "native views", yes(capabilities.nativeViews()));
        detail(out, "job claims", Messages.word(capabilities.claims()));
        detail(out, "several nodes", yes(capabilities.shared()));
        detail(out, "writes at once", String.valueOf(capabilities.writeConcurrency()));
    }

    private static void detail(PrintWriter out, String what, String text) {
        out.printf("  %-16s %s%n", what, text);
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
