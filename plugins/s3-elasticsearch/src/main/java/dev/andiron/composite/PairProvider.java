package dev.andiron.composite;

import dev.andiron.spi.Option;
import dev.andiron.spi.Options;
import dev.andiron.spi.composite.CompositeOptions;
import dev.andiron.spi.composite.CompositeProvider;
import dev.andiron.spi.composite.Composition;

import java.util.List;

/** Any backend with a change feed, followed by any that searches. */
public final class PairProvider implements CompositeProvider {
    /** For {@link java.util.ServiceLoader}. */
    public PairProvider() {}

    @Override
    public String name() {
        return "composite";
    }

    @Override
    public String description() {
        return "Puts two configured backends together: one stores, the other follows and searches.";
    }

    @Override
    public List<Option<?>> options() {
        return CompositeOptions.all();
    }

    @Override
    public Composition composition(Options options) {
        return CompositeOptions.composition(options);
    }
}
