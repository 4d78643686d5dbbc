package dev.andiron.kernel.plugin;

import dev.andiron.spi.Capabilities;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What was found when plugins were looked for.
 *
 * @param entries a row for each provider, and for each plugin without one; in the order of loading
 */
public record PluginReport(List<Entry> entries) {

    public PluginReport {
        entries = List.copyOf(entries);
    }

    /** Whether a provider can be used. */
    public enum State {
        LOADED,
        FAILED
    }

    /**
     * One provider, or one plugin that has none that works.
     *
     * @param service what it provides; a plugin without a provider counts as a backend
     * @param name the provider's name; empty when it could not be asked
     * @param description the provider's sentence; empty when it could not be asked
     * @param version the plugin's version; empty when it does not say
     * @param vendor who made the plugin; empty when it does not say
     * @param spiVersion the SPI version that it was compiled against; empty when it does not say
     * @param realm how it is kept apart; empty when it did not get so far
     * @param state whether it can be used
     * @param location the folder or jar
     * @param reason why it failed, a sentence that starts with the location; empty when loaded
     * @param capabilities what it does with its default options; empty when it failed, or cannot
     *     tell without options that have no default
     */
    public record Entry(
            PluginService service,
            String name,
            String description,
            String version,
            String vendor,
            String spiVersion,
            Optional<RealmKind> realm,
            State state,
            Path location,
            String reason,
            Optional<Capabilities> capabilities) {}

    /** The rows of what failed. */
    public List<Entry> failures() {
        return entries.stream().filter(entry -> entry.state() == State.FAILED).toList();
    }
}
