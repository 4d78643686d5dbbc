package dev.andiron.spi.composite;

import dev.andiron.spi.Backend;
import dev.andiron.spi.BackendContext;
import dev.andiron.spi.BackendProvider;
import dev.andiron.spi.Capabilities;
import dev.andiron.spi.Options;

/**
 * The provider of a backend that consists of others. It only says of which: the kernel opens the
 * parts, sends each request to the part that is right for it, and keeps the followers in step. What
 * the composite can do follows from what its parts declare.
 */
public interface CompositeProvider extends BackendProvider {

    /**
     * The parts, by the names that the options hold.
     *
     * @param options the checked options; those of type {@link dev.andiron.spi.OptionType#BACKEND}
     *     name configured backends
     */
    Composition composition(Options options);

    /** Never called: it follows from the parts. */
    @Override
    default Capabilities capabilities(Options options) {
        throw new UnsupportedOperationException("the kernel derives it from the parts");
    }

    /** Never called: the kernel puts the parts together. */
    @Override
    default Backend open(BackendContext context) {
        throw new UnsupportedOperationException("the kernel puts the parts together");
    }
}
