package dev.andiron.spi;

import java.util.List;

/**
 * The entry point of a backend plugin, found by {@link java.util.ServiceLoader}.
 *
 * <p>A provider is stateless and cheap: the kernel creates it once at start-up, even when no
 * configuration names it, and asks for its name, options and capabilities before anything is
 * opened. It needs a public constructor without parameters, and must be safe for use by several
 * threads.
 */
public interface BackendProvider {

    /**
     * The name that a configuration writes as {@code plugin:}; unique among the installed plugins.
     *
     * @return a name that matches {@code [a-z][a-z0-9-]*}
     */
    String name();

    /**
     * One sentence for the operator who lists the installed plugins.
     *
     * @return what the backend stores data in
     */
    String description();

    /**
     * The options that a configuration may set. The kernel refuses every other key, checks types
     * and required values, and resolves defaults before it calls this provider again.
     *
     * @return the options; their names are unique
     */
    default List<Option<?>> options() {
        return List.of();
    }

    /**
     * What a backend opened with these options will be able to do. Called before {@link #open}, any
     * number of times, and must not connect to anything: configuration is checked and the
     * CapabilityStatement derived from the answer.
     *
     * @param options the checked options
     * @return the truth, which the TCK proves and {@link #open} must keep
     */
    Capabilities capabilities(Options options);

    /**
     * Opens one backend. Called once for each configured backend of this plugin; several may be
     * open at the same time.
     *
     * @param context what the kernel lends to the backend, valid until it is closed
     * @return the opened backend, ready for requests
     * @throws StorageException if it cannot be opened; whatever was opened half-way is closed again
     */
    Backend open(BackendContext context);
}
