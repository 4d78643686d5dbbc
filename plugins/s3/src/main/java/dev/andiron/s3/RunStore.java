package dev.andiron.s3;

import dev.andiron.spi.StorageException;
import dev.andiron.spi.tenant.TenantId;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The objects of a tenant's index. Safe for use by many threads at once. */
final class RunStore {
    /** What a change costs in memory, roughly. */
    private static final int RECORD_BYTES = 300;

    private static final int OVERHEAD = 200;
    private static final int PAGE_OF_ROOT_BYTES = 150;

    private final TenantId tenant;
    private final ObjectStore objects;
    private final IndexCache cache;
    private final IndexShape shape;

    RunStore(TenantId tenant, ObjectStore objects, IndexCache cache, IndexShape shape) {
        this.tenant = tenant;
        this.objects = objects;
        this.cache = cache;
        this.shape = shape;
    }

    /** A page's changes, which are a list of their own type, so that the cache can tell them. */
    private record Changes(List<LogRecord> records) {}

    IndexShape shape() {
        return shape;
    }

    /** A run; empty if nobody has written it. */
    Optional<RunRoot> root(int level, long number) {
        String key = Keys.root(tenant, level, number);
        return objects.read(key).map(found -> RunRoot.decode(key, level, number, found.bytes()));
    }

    /** The run of one segment, which is known to be there. */
    RunRoot segment(long number) {
        return cache.find(
                RunRoot.class,
                Keys.root(tenant, 0, number),
                0,
                () ->
                        root(0, number)
                                .orElseThrow(
                                        () ->
                                                new StorageException.Corrupt(
                                                        "a segment of the index is gone", null)),
                root -> root.byPosition().size() * (long) PAGE_OF_ROOT_BYTES + OVERHEAD);
    }

    private String part(RunRoot root, int number) {
        return Keys.part(tenant, root.level(), root.number(), root.builder(), number);
    }

    void writePart(RunRoot root, int number, byte[] bytes) {
        objects.writeIndex(part(root, number), bytes);
    }

    /** Writes the root of a run, by which it is there; gives the one of whoever was first. */
    RunRoot create(RunRoot root) {
        objects.create(Keys.root(tenant, root.level(), root.number()), root.encode());
        return root(root.level(), root.number())
                .orElseThrow(
                        () ->
                                new StorageException.Corrupt(
                                        "a run of the index does not stay", null));
    }

    List<LogRecord> changes(RunRoot root, Page page) {
        return cache.find(
                        Changes.class,
                        part(root, page.part()),
                        page.offset(),
                        () -> new Changes(page.decode(bytes(root, page, page), 0)),
                        changes -> changes.records().size() * (long) RECORD_BYTES + OVERHEAD)
                .records();
    }

    /** The changes of pages that lie one behind the other, which are not kept. */
    List<List<LogRecord>> changes(RunRoot root, List<Page> pages) {
        var all = new ArrayList<List<LogRecord>>();
        int from = 0;
        while (from < pages.size()) {
            int to = from + 1;
            while (to < pages.size() && pages.get(to).part() == pages.get(from).part()) {
                to++;
            }
            List<Page> together = pages.subList(from, to);
            byte[] bytes = bytes(root, together.getFirst(), together.getLast());
            for (Page page : together) {
                all.add(page.decode(bytes, page.offset() - together.getFirst().offset()));
            }
            from = to;
        }
        return all;
    }

    /** A block of a run's filter. */
    long[] filter(RunRoot root, Page page) {
        return cache.find(
                long[].class,
                part(root, page.part()),
                page.offset(),
                () -> {
                    byte[] bytes = bytes(root, page, page);
                    page.check(bytes, 0);
                    return KeyFilter.block(
                            bytes.length == page.stored()
                                    ? bytes
                                    : Arrays.copyOf(bytes, page.stored()));
                },
                bits -> bits.length * (long) Long.BYTES + OVERHEAD);
    }

    boolean isCached(RunRoot root, Page page) {
        return cache.has(part(root, page.part()), page.offset());
    }

    private byte[] bytes(RunRoot root, Page first, Page last) {
        return objects.read(part(root, first.part()), first.offset(), last.end() - first.offset())
                .orElseThrow(
                        () -> new StorageException.Corrupt("a page of the index is gone", null));
    }
}
