package dev.andiron.kernel.lent;

import dev.andiron.spi.StorageException;
import dev.andiron.spi.resource.HistoryRequest;
import dev.andiron.spi.resource.HistoryScope;
import dev.andiron.spi.resource.HistoryStore;
import dev.andiron.spi.resource.ResourceHead;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.ResourceStore;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.spi.resource.VersionedStore;
import dev.andiron.spi.tenant.TenantContext;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The history of single resources for a backend that keeps versions and lists none: its versions
 * read one by one from the newest down. Positions are the numbers of the versions. Types and the
 * whole system are beyond it, for nobody tells which resources were deleted.
 */
public final class VersionHistory implements HistoryStore {
    private final ResourceStore store;
    private final VersionedStore versions;

    public VersionHistory(ResourceStore store, VersionedStore versions) {
        this.store = store;
        this.versions = versions;
    }

    @Override
    public Page history(TenantContext tenant, HistoryRequest request) {
        if (!(request.scope() instanceof HistoryScope.Instance(ResourceKey key))) {
            throw new StorageException.NotSupported(
                    "only the history of single resources is listed");
        }
        long current = store.head(tenant, key).map(ResourceHead::version).orElse(0L);
        long last = Math.min(current, request.before().orElse(Long.MAX_VALUE) - 1);
        var page = new ArrayList<StoredResource>();
        Optional<Instant> replaced =
                last < current
                        ? versions.readVersion(tenant, key, last + 1)
                                .map(StoredResource::lastUpdated)
                        : Optional.empty();
        for (long version = last; version >= 1; version--) {
            Optional<StoredResource> found = versions.readVersion(tenant, key, version);
            if (found.isEmpty()) {
                break; // purged meanwhile
            }
            if (isWanted(request, found.get().lastUpdated(), replaced)) {
                if (page.size() == request.limit()) {
                    return new Page(page, OptionalLong.of(page.getLast().version()));
                }
                page.add(found.get());
            }
            replaced = Optional.of(found.get().lastUpdated());
        }
        return new Page(page, OptionalLong.empty());
    }

    private static boolean isWanted(
            HistoryRequest request, Instant written, Optional<Instant> replaced) {
        return request.since().stream().allMatch(since -> !written.isBefore(since))
                && request.at().stream()
                        .allMatch(
                                period ->
                                        written.isBefore(period.end())
                                                && replaced.stream()
                                                        .allMatch(
                                                                end ->
                                                                        end.isAfter(
                                                                                period.start())));
    }
}
