package dev.andiron.tck.liar;

import dev.andiron.spi.Backend;
import dev.andiron.spi.BackendContext;
import dev.andiron.spi.BackendProvider;
import dev.andiron.tck.BackendContract;
import dev.andiron.tck.reference.ReferenceProvider;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The contract of the backend that tells the lie of the moment. Run by {@link LiarsTest} only. */
class LiarContract extends BackendContract {
    static volatile Lie lie = Lie.SWALLOWS_CONFLICTS;

    @Override
    protected BackendProvider provider() {
        return new LiarProvider();
    }

    @Override
    protected Map<String, ?> options(Path folder) {
        return Map.of("journal", folder.resolve("journal"));
    }

    @Override
    protected Optional<List<String>> forkedJvm() {
        return Optional.empty();
    }

    /** Declares everything, and keeps almost everything. */
    static class LiarProvider extends ReferenceProvider {
        @Override
        public Backend open(BackendContext context) {
            return lie.open.apply(context.options().get(JOURNAL)).by(context.clock());
        }
    }
}
