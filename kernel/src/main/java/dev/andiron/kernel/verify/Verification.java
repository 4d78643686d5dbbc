package dev.andiron.kernel.verify;

import dev.andiron.kernel.plugin.InstalledPlugin;
import dev.andiron.kernel.plugin.PluginLocations;
import dev.andiron.kernel.plugin.PluginReport;
import dev.andiron.kernel.plugin.PluginReport.State;
import dev.andiron.kernel.plugin.PluginService;
import dev.andiron.kernel.plugin.Plugins;
import dev.andiron.kernel.verify.Check.Outcome;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What was found in a plugin's jar.
 *
 * @param plugins what it provides, or why it does not load
 * @param checks what was looked at, in order
 */
public record Verification(List<PluginReport.Entry> plugins, List<Check> checks) {

    public Verification {
        plugins = List.copyOf(plugins);
        checks = List.copyOf(checks);
    }

    /** Whether nothing failed. */
    public boolean isGood() {
        return checks.stream().noneMatch(check -> check.outcome() == Outcome.FAILED);
    }

    /**
     * Looks at a jar, loads it by itself as a server would, and tries its backends.
     *
     * @param file the jar
     * @param options values of a backend's options by name, as a configuration would have them;
     *     paths are relative to the trial's own folder
     * @param folder an empty folder for the trial, which the caller removes
     * @throws IOException if the folder cannot be written
     */
    public static Verification of(Path file, Map<String, String> options, Path folder)
            throws IOException {
        var checks = new ArrayList<>(JarChecks.of(file));
        Path installed = Files.createDirectories(folder.resolve("plugins"));
        Files.copy(file, installed.resolve(file.getFileName().toString()));
        try (Plugins plugins = Plugins.scan(PluginLocations.of(installed))) {
            List<PluginReport.Entry> entries = plugins.report().entries();
            for (PluginReport.Entry entry : entries) {
                loading(entry, checks);
                if (entry.state() == State.LOADED && entry.service() == PluginService.BACKEND) {
                    InstalledPlugin plugin = plugins.find(entry.name()).orElseThrow();
                    checks.addAll(
                            Trial.of(plugin, options, folder.resolve("data-" + entry.name())));
                }
            }
            return new Verification(entries, checks);
        }
    }

    private static void loading(PluginReport.Entry entry, List<Check> checks) {
        boolean loaded = entry.state() == State.LOADED;
        String what = loaded ? "the " + entry.service() + " '" + entry.name() + "'" : "it";
        String about = what + " loads by itself, and answers what it is asked before it is opened";
        String file = entry.location().getFileName().toString();
        checks.add(
                loaded
                        ? Check.passed("loading", about)
                        : Check.failed(
                                "loading",
                                about,
                                entry.reason().replace(entry.location().toString(), file)));
        if (loaded) {
            String said = "it says which SPI it was compiled against";
            checks.add(
                    entry.spiVersion().isEmpty()
                            ? Check.warning(
                                    "spi",
                                    said,
                                    "the manifest has no Andiron-Spi-Version and there is no module"
                                            + " descriptor")
                            : Check.passed("spi", said + ": " + entry.spiVersion()));
        }
    }
}
