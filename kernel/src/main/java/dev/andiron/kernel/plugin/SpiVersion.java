package dev.andiron.kernel.plugin;

import dev.andiron.spi.BackendProvider;

import java.lang.module.FindException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A version of the SPI. A plugin that was compiled against the same major version and a minor one
 * that is not newer runs on it.
 *
 * @param text as it was written
 */
record SpiVersion(int major, int minor, String text) {
    static final String MODULE = "dev.andiron.spi";

    private static final Pattern FORM = Pattern.compile("([0-9]{1,9})\\.([0-9]{1,9})([.+-].*)?");

    /** The version in use. */
    static final SpiVersion OURS = ours();

    static Optional<SpiVersion> parse(String text) {
        Matcher matcher = FORM.matcher(text.strip());
        return matcher.matches()
                ? Optional.of(
                        new SpiVersion(
                                Integer.parseInt(matcher.group(1)),
                                Integer.parseInt(matcher.group(2)),
                                text.strip()))
                : Optional.empty();
    }

    /** Whether a plugin compiled against this version runs on {@code other}. */
    boolean runsOn(SpiVersion other) {
        return major == other.major && minor <= other.minor;
    }

    @Override
    public String toString() {
        return text;
    }

    /**
     * The SPI's module knows its version; on a class path the descriptor beside its classes does.
     */
    private static SpiVersion ours() {
        ModuleDescriptor descriptor = BackendProvider.class.getModule().getDescriptor();
        return Optional.ofNullable(descriptor)
                .or(SpiVersion::descriptorOnClassPath)
                .flatMap(ModuleDescriptor::rawVersion)
                .flatMap(SpiVersion::parse)
                .orElseThrow(
                        () -> new IllegalStateException("the SPI's jar does not say its version"));
    }

    private static Optional<ModuleDescriptor> descriptorOnClassPath() {
        try {
            Path place =
                    Path.of(
                            BackendProvider.class
                                    .getProtectionDomain()
                                    .getCodeSource()
                                    .getLocation()
                                    .toURI());
            return ModuleFinder.of(place).find(MODULE).map(module -> module.descriptor());
        } catch (URISyntaxException | FindException unreadable) {
            throw new IllegalStateException("the SPI's jar cannot be read", unreadable);
        }
    }
}
