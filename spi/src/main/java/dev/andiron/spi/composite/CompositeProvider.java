package dev.andiron.spi.composite;

import dev.andiron.spi.Backend;
import dev.andiron.spi.BackendContext;
import dev.andiron.spi.BackendProvider;
import dev.andiron.spi.Capabilities;
import dev.andiron.spi.Option;
import dev.andiron.spi.Options;

import java.util.List;

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

    /**
     * Parts that need no block of their own in a configuration. Where the option of such a part
     * names no backend, the kernel makes one, {@code NAME-PLUGIN}, of the options in the
     * composite's own block that begin with the plugin's name: {@code s3-bucket} is its {@code
     * bucket}.
     */
    default List<OwnPart> ownParts() {
        return List.of();
    }

    /**
     * A part that a composite brings along.
     *
     * @param option the option that may name another backend instead, not required
     * @param plugin the name of the part's plugin
     */
    record OwnPart(Option<String> option, String plugin) {

        /** What an option of the part is called in the composite's block. */
        public String name(String option) {
            return plugin + "-" + option;
        }
    }

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
