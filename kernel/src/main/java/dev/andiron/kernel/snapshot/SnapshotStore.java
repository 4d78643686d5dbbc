package dev.andiron.kernel.snapshot;

import dev.andiron.spi.StorageException;
import dev.andiron.spi.resource.Commit;
import dev.andiron.spi.resource.CommitResult;
import dev.andiron.spi.resource.ResourceCursor;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.ResourceStore;
import dev.andiron.spi.resource.ScanRequest;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.spi.tenant.TenantContext;

import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * A snapshot as a store, for whoever judges resources by others that they refer to.
 *
 * @param snapshot of the tenant that every call is about
 */
record SnapshotStore(Snapshot snapshot) implements ResourceStore {

    @Override
    public Optional<StoredResource> read(TenantContext tenant, ResourceKey key) {
        return snapshot.read(key);
    }

    /** Of one type at a time, which is all that anybody asks for. */
    @Override
    public ResourceCursor scan(TenantContext tenant, ScanRequest request) {
        String type =
                request.type()
                        .orElseThrow(
                                () ->
                                        new StorageException.NotSupported(
                                                "a snapshot is walked through type by type"));
        return new Cursor(snapshot.scan(type, request.after().map(ResourceKey::id).orElse("")));
    }

    @Override
    public CommitResult commit(TenantContext tenant, Commit commit) {
        throw new StorageException.NotSupported("a snapshot cannot be written to");
    }

    private static final class Cursor implements ResourceCursor {
        private final SnapshotScan scan;
        private Iterator<StoredResource> rows = List.<StoredResource>of().iterator();

        Cursor(SnapshotScan scan) {
            this.scan = scan;
        }

        @Override
        public Optional<StoredResource> next() {
            if (!rows.hasNext()) {
                rows = scan.next().iterator();
            }
            return rows.hasNext() ? Optional.of(rows.next()) : Optional.empty();
        }

        @Override
        public void close() {
            scan.close();
        }
    }
}
