package dev.andiron.s3;

import dev.andiron.spi.resource.ResourceCursor;
import dev.andiron.spi.resource.StoredResource;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Walks through records and fetches their contents some at a time, the next ones while the present
 * ones are used. Holds two lots at most, each of so many resources and bytes.
 */
final class ScanCursor implements ResourceCursor {
    private static final int LOT = 256;
    private static final int LOT_BYTES = 4 << 20;

    private final Iterator<LogRecord> records;
    private final ContentReader contents;
    private Iterator<StoredResource> lot = List.<StoredResource>of().iterator();
    private Optional<CompletableFuture<List<StoredResource>>> ahead;
    private boolean closed;

    ScanCursor(Iterator<LogRecord> records, ContentReader contents) {
        this.records = records;
        this.contents = contents;
        ahead = fetch();
    }

    /** Empty at the end. A lot may turn out empty, if all of it has been purged meanwhile. */
    private Optional<CompletableFuture<List<StoredResource>>> fetch() {
        var wanted = new ArrayList<LogRecord>();
        long bytes = 0;
        while (wanted.size() < LOT && bytes < LOT_BYTES && records.hasNext()) {
            LogRecord record = records.next();
            bytes += record.content().map(Location::length).orElse(0);
            wanted.add(record);
        }
        return wanted.isEmpty()
                ? Optional.empty()
                : Optional.of(Parallel.start(() -> contents.resources(wanted)));
    }

    @Override
    public Optional<StoredResource> next() {
        while (!lot.hasNext() && !closed) {
            Optional<CompletableFuture<List<StoredResource>>> fetched = ahead;
            closed = fetched.isEmpty();
            if (!closed) {
                ahead = fetch();
                lot = Parallel.join(fetched.get()).iterator();
            }
        }
        return closed ? Optional.empty() : Optional.of(lot.next());
    }

    @Override
    public void close() {
        closed = true;
    }
}
