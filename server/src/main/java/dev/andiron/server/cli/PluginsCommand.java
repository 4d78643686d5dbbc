package dev.andiron.server.cli;

import dev.andiron.fhir.json.JsonWriter;
import dev.andiron.kernel.config.Configuration;
import dev.andiron.kernel.config.ConfigurationException;
import dev.andiron.kernel.plugin.PluginReport;
import dev.andiron.kernel.plugin.Plugins;
import dev.andiron.server.ServerOptions;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

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

    @Option(names = "--json", description = "Print JSON instead of tables.")
    private boolean json;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        try (Plugins plugins = scan(spec.commandLine().getErr())) {
            List<PluginReport.Entry> entries = plugins.report().entries();
            if (json) {
                byte[] text = JsonWriter.pretty(PluginJson.of(entries));
                out.println(new String(text, StandardCharsets.UTF_8));
            } else {
                PluginTables.print(entries, out);
            }
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
}
