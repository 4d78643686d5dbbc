package dev.andiron.spi.interceptor;

import dev.andiron.spi.Option;

import java.util.List;

/**
 * The entry point of an interceptor plugin, found by {@link java.util.ServiceLoader}. Stateless and
 * cheap: created once at start-up, even when no configuration names it. It needs a public
 * constructor without parameters, and must be safe for use by several threads.
 */
public interface InterceptorProvider {

    /**
     * The name that a configuration writes as {@code plugin:}; unique among the installed
     * interceptors.
     *
     * @return a name that matches {@code [a-z][a-z0-9-]*}
     */
    String name();

    /**
     * One sentence for the operator who lists the installed plugins.
     *
     * @return what it does with interactions
     */
    String description();

    /**
     * The options that a configuration may set besides {@code plugin}, {@code order} and {@code
     * tenants}, which every interceptor has.
     *
     * @return the options; their names are unique
     */
    default List<Option<?>> options() {
        return List.of();
    }

    /**
     * Opens one interceptor. Called once for each that is configured. A server whose interceptor
     * does not open does not start, for nobody would know what it lets through.
     *
     * @param context what the kernel lends, valid until the interceptor is closed
     * @return the interceptor, ready for calls
     * @throws IllegalArgumentException if the options do not go together; the message is shown to
     *     the operator
     */
    Interceptor open(InterceptorContext context);
}
