package dev.andiron.kernel.config;

import dev.andiron.spi.Option;
import dev.andiron.spi.composite.CompositeProvider.OwnPart;

import java.util.List;
import java.util.Optional;

/** What the configuration must know of the installed plugins. */
public interface PluginCatalog {

    /** The names that {@code plugin:} accepts, sorted. */
    List<String> names();

    /** The options of a plugin; empty if no plugin of this name is installed. */
    Optional<List<Option<?>>> options(String plugin);

    /** The parts that a plugin brings along; none unless it puts backends together. */
    default List<OwnPart> ownParts(String plugin) {
        return List.of();
    }

    /** The names that {@code plugin:} accepts for interceptors, sorted. */
    default List<String> interceptorNames() {
        return List.of();
    }

    /** The options of an interceptor's plugin; empty if none of this name is installed. */
    default Optional<List<Option<?>>> interceptorOptions(String plugin) {
        return Optional.empty();
    }

    /**
     * Why a plugin of this name is not there although something that looks like it was found.
     *
     * @return one sentence; empty when nothing is known
     */
    Optional<String> failure(String plugin);
}
