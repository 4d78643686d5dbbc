package dev.andiron.s3;

import dev.andiron.spi.StorageException;
import dev.andiron.spi.resource.Commit;
import dev.andiron.spi.resource.CommitResult;
import dev.andiron.spi.resource.Mutation;
import dev.andiron.spi.resource.ResourceCursor;
import dev.andiron.spi.resource.ResourceHead;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.ResourceStore;
import dev.andiron.spi.resource.ScanRequest;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.spi.tenant.TenantContext;

import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** Current resources, and commits. */
final class S3ResourceStore implements ResourceStore {
    private final Tenants tenants;
    private final ContentReader contents;
    private final Eraser eraser;

    S3ResourceStore(Tenants tenants, ContentReader contents, Eraser eraser) {
        this.eraser = eraser;
        this.tenants = tenants;
        this.contents = contents;
    }

    /**
     * The content is fetched while the log is asked whether there is anything newer, so that a read
     * takes one round trip.
     */
    @Override
    public Optional<StoredResource> read(TenantContext tenant, ResourceKey key) {
        TenantLog log = tenants.of(tenant).log();
        Optional<LogRecord> known = log.known().current(key);
        if (known.isEmpty()) {
            return log.latest().current(key).flatMap(found -> content(log, found));
        }
        var guess = Parallel.start(() -> contents.resource(known.get()));
        Optional<LogRecord> current = log.latest().current(key);
        if (current.equals(known)) {
            Optional<StoredResource> found = Parallel.join(guess);
            return found.isPresent() ? found : content(log, known.get());
        }
        return current.flatMap(record -> content(log, record));
    }

    /** A live version's content can only be gone because it has been purged meanwhile. */
    private Optional<StoredResource> content(TenantLog log, LogRecord record) {
        Optional<StoredResource> found = contents.resource(record);
        if (found.isEmpty() && !log.latest().erased(record)) {
            throw new StorageException.Corrupt(
                    "the content of " + record.key() + " is not there any more", null);
        }
        return found;
    }

    @Override
    public ResourceCursor scan(TenantContext tenant, ScanRequest request) {
        return new ScanCursor(tenants.of(tenant).log().latest().live(request), contents);
    }

    @Override
    public CommitResult commit(TenantContext tenant, Commit commit) {
        Tenants.Tenant state = tenants.of(tenant);
        CommitResult result = state.committer().commit(commit);
        if (commit.mutations().stream().anyMatch(Mutation.Purge.class::isInstance)) {
            eraser.erase(
                    state.log(), result.position() - commit.mutations().size(), result.position());
        }
        return result;
    }

    @Override
    public List<StoredResource> readMany(TenantContext tenant, Collection<ResourceKey> keys) {
        return contents.resources(records(tenant, keys));
    }

    @Override
    public Optional<ResourceHead> head(TenantContext tenant, ResourceKey key) {
        return tenants.of(tenant).log().latest().current(key).map(LogRecord::head);
    }

    @Override
    public List<ResourceHead> heads(TenantContext tenant, Collection<ResourceKey> keys) {
        return records(tenant, keys).stream().map(LogRecord::head).toList();
    }

    private List<LogRecord> records(TenantContext tenant, Collection<ResourceKey> keys) {
        Snapshot snapshot = tenants.of(tenant).log().latest();
        snapshot.prepare(keys);
        return keys.stream().distinct().map(snapshot::current).flatMap(Optional::stream).toList();
    }
}
