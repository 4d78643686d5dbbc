package dev.andiron.tck.reference;

import dev.andiron.spi.Backend;
import dev.andiron.spi.BackendContext;
import dev.andiron.spi.BackendProvider;
import dev.andiron.spi.Capabilities;
import dev.andiron.spi.Options;
import dev.andiron.spi.resource.ResourceStore;
import dev.andiron.tck.BackendContract;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The kit accepts a backend that stores resources, and neither has nor declares more. */
class MinimalBackendTest extends BackendContract {

    @Override
    protected BackendProvider provider() {
        return new MinimalProvider();
    }

    @Override
    protected Map<String, ?> options(Path folder) {
        return Map.of("journal", folder.resolve("journal"));
    }

    @Override
    protected Optional<List<String>> forkedJvm() {
        return Optional.empty();
    }

    /** Declares nothing but the store. */
    public static class MinimalProvider extends ReferenceProvider {
        /** Called by the service loader. */
        public MinimalProvider() {}

        @Override
        public Capabilities capabilities(Options options) {
            return Capabilities.builder().build();
        }

        @Override
        public Backend open(BackendContext context) {
            ResourceStore store = new ReferenceBackend(context.options().get(JOURNAL));
            return new Backend() {
                @Override
                public Optional<ResourceStore> resources() {
                    return Optional.of(store);
                }

                @Override
                public void close() {
                    ((ReferenceBackend) store).close();
                }
            };
        }
    }
}
