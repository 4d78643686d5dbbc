package dev.andiron.tck.liar;

import dev.andiron.spi.BackendProvider;
import dev.andiron.spi.Capabilities;
import dev.andiron.spi.Options;
import dev.andiron.spi.resource.HistoryLevel;
import dev.andiron.tck.BackendContract;
import dev.andiron.tck.reference.ReferenceProvider;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The contract of a backend that has more than it declares, so that nobody relies on it. */
class ModestContract extends BackendContract {

    @Override
    protected BackendProvider provider() {
        return new ReferenceProvider() {
            @Override
            public Capabilities capabilities(Options options) {
                return Capabilities.builder().history(Set.of(HistoryLevel.INSTANCE)).build();
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
