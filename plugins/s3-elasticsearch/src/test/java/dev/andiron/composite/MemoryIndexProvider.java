package dev.andiron.composite;

import dev.andiron.kernel.lent.ScanSearch;
import dev.andiron.spi.Backend;
import dev.andiron.spi.BackendContext;
import dev.andiron.spi.BackendProvider;
import dev.andiron.spi.Capabilities;
import dev.andiron.spi.Option;
import dev.andiron.spi.Options;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** A search index in memory that follows: the same folder is the same index, within this JVM. */
public final class MemoryIndexProvider implements BackendProvider {
    private static final Option<Path> FOLDER =
            Option.path("folder", Path.of("."), "whose index it is");
    private static final Map<Path, MemoryIndex> INDEXES = new ConcurrentHashMap<>();

    @Override
    public String name() {
        return "memory-index";
    }

    @Override
    public String description() {
        return "A search index in memory, for tests.";
    }

    @Override
    public List<Option<?>> options() {
        return List.of(FOLDER);
    }

    @Override
    public Capabilities capabilities(Options options) {
        return Capabilities.builder()
                .withoutStore()
                .search(ScanSearch.FEATURES)
                .follower()
                .shared()
                .build();
    }

    @Override
    public Backend open(BackendContext context) {
        return of(context.options().get(FOLDER)).opened();
    }

    /** The index of a folder, for tests that meddle with it. */
    static MemoryIndex of(Path folder) {
        return INDEXES.computeIfAbsent(folder.toAbsolutePath().normalize(), _ -> new MemoryIndex());
    }
}
