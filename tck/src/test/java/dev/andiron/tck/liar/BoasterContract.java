package dev.andiron.tck.liar;

import dev.andiron.spi.Backend;
import dev.andiron.spi.BackendContext;
import dev.andiron.spi.BackendProvider;
import dev.andiron.spi.Capabilities;
import dev.andiron.spi.Options;
import dev.andiron.spi.resource.HistoryLevel;
import dev.andiron.spi.resource.ResourceStore;
import dev.andiron.tck.BackendContract;
import dev.andiron.tck.reference.ReferenceBackend;
import dev.andiron.tck.reference.ReferenceProvider;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The contract of a backend that declares a history and a feed, and has neither. */
class BoasterContract extends BackendContract {

    @Override
    protected BackendProvider provider() {
        return new ReferenceProvider() {
            @Override
            public Capabilities capabilities(Options options) {
                return Capabilities.builder()
                        .history(Set.of(HistoryLevel.INSTANCE))
                        .changeFeed()
                        .build();
            }

            @Override
            public Backend open(BackendContext context) {
                ReferenceBackend all = new ReferenceBackend(context.options().get(JOURNAL));
                return new Backend() {
                    @Override
                    public Optional<ResourceStore> resources() {
                        return Optional.of(all);
                    }

                    @Override
                    public void close() {
                        all.close();
                    }
                };
            }
        };
    }

    @Override
    protected Map<String, ?> options(Path folder) {
        return Map.of("journal", folder.resolve("journal"));
    }

    @Override
    protected Optional<List<String>> forkedJvm() {
        return Optional.empty();
    }
}
