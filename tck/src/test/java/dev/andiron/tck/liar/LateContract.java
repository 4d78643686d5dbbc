package dev.andiron.tck.liar;

import dev.andiron.spi.Backend;
import dev.andiron.spi.BackendContext;
import dev.andiron.spi.BackendProvider;
import dev.andiron.tck.BackendContract;
import dev.andiron.tck.reference.ReferenceBackend;
import dev.andiron.tck.reference.ReferenceProvider;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The contract of a backend that acknowledges first, and writes when it is closed. */
class LateContract extends BackendContract {

    @Override
    protected BackendProvider provider() {
        return new ReferenceProvider() {
            @Override
            public Backend open(BackendContext context) {
                return new Late(context.options().get(JOURNAL));
            }
        };
    }

    @Override
    protected Map<String, ?> options(Path folder) {
        return Map.of("journal", folder.resolve("journal"));
    }

    private static class Late extends ReferenceBackend {
        private final List<Entry> late = new ArrayList<>();

        Late(Path path) {
            super(path);
        }

        @Override
        protected void remember(Entry entry) {
            late.add(entry);
        }

        @Override
        public void close() {
            late.forEach(super::remember);
            super.close();
        }
    }
}
