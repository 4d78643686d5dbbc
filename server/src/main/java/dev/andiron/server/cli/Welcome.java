package dev.andiron.server.cli;

import dev.andiron.kernel.config.BackendSection;
import dev.andiron.kernel.config.Configuration;
import dev.andiron.kernel.plugin.InstalledPlugin;
import dev.andiron.kernel.plugin.PluginReport;
import dev.andiron.kernel.routing.Storage;
import dev.andiron.server.ServerOptions;
import dev.andiron.spi.Option;
import dev.andiron.spi.OptionType;

import java.io.PrintWriter;
import java.nio.file.Path;

/**
 * What a started server says of itself.
 *
 * @param running the server
 */
record Welcome(RunningServer running) {

    /** Prints what is served, from which plugin, and where the data is. */
    void printServed(PrintWriter out) {
        Configuration configuration = running.prepared().configuration();
        Storage storage = running.server().andiron().storage();
        String url = running.server().url();
        String root = url.substring(0, url.lastIndexOf('/'));
        out.printf(
                "Andiron %s serves FHIR %s at %s%n",
                Version.text(), configuration.get(ServerOptions.FHIR, ServerOptions.VERSION), url);
        out.printf("  storage  %s, plugin %s%n", storage.name(), plugin(storage));
        printPaths(configuration, storage, out);
        out.printf("  health   %s/health/ready%n", root);
        out.printf("  metrics  %s/metrics%n", root);
        if (storage.capabilities().shared() && !ServerOptions.sharesLinks(configuration)) {
            out.printf(
                    "  links    lead on at this server only; with others over the same data, give"
                            + " all the same server.link-key%n");
        }
        configuration.warnings().forEach(warning -> out.printf("  warning  %s%n", warning));
        out.flush();
    }

    /** Prints which plugins could not be loaded; waits until all have been tried. */
    void printFailures(PrintWriter out) {
        for (PluginReport.Entry failure : running.server().plugins().failures()) {
            out.printf("  plugin   not loaded: %s%n", failure.reason());
        }
        out.flush();
    }

    /** Prints commands to go on with. */
    void printNextSteps(PrintWriter out) {
        String url = running.server().url();
        out.printf(
                """
                Try next:
                  curl '%1$s/metadata?_summary=true'
                  curl -H 'Content-Type: application/fhir+json' '%1$s/Patient' \\
                       -d '{"resourceType":"Patient","name":[{"family":"Runyan"}]}'
                  curl '%1$s/Patient?family=runyan'
                  andiron load --server %1$s PATH...
                Ctrl+C stops it.
                """,
                url);
        out.flush();
    }

    private String plugin(Storage storage) {
        String version =
                running.prepared()
                        .plugins()
                        .find(storage.plugin())
                        .map(InstalledPlugin::version)
                        .orElse("");
        return (storage.plugin() + " " + version).strip();
    }

    private void printPaths(Configuration configuration, Storage storage, PrintWriter out) {
        var plugin = running.prepared().plugins().find(storage.plugin());
        for (BackendSection section : configuration.backends()) {
            if (section.name().equals(storage.name()) && plugin.isPresent()) {
                for (Option<?> option : plugin.get().options()) {
                    if (option.type() == OptionType.PATH) {
                        section.options()
                                .find(option)
                                .ifPresent(path -> out.printf("  data     %s%n", (Path) path));
                    }
                }
            }
        }
    }
}
