package dev.andiron.kernel.composite;

import dev.andiron.kernel.lent.ValueExtraction;
import dev.andiron.spi.composite.Projection;
import dev.andiron.spi.resource.Change;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.spi.search.SearchFeature;
import dev.andiron.spi.search.SearchValue;
import dev.andiron.spi.tenant.TenantContext;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;

/** Turns changes of a primary into what a follower keeps. */
final class Projector {
    private final ValueExtraction extraction;
    private final RecentValues recent;
    private final Set<SearchFeature> features;

    /**
     * @param features what the follower searches by
     */
    Projector(ValueExtraction extraction, RecentValues recent, Set<SearchFeature> features) {
        this.extraction = extraction;
        this.recent = recent;
        this.features = features;
    }

    /** The last state of each resource among these changes, in the order of positions. */
    List<Projection> project(TenantContext tenant, List<Change> changes) {
        LinkedHashMap<ResourceKey, Change> last = LinkedHashMap.newLinkedHashMap(changes.size());
        changes.forEach(change -> last.putLast(change.key(), change));
        return last.values().stream().map(change -> project(tenant, change)).toList();
    }

    private Projection project(TenantContext tenant, Change change) {
        return switch (change) {
            case Change.Purged(long position, var key) -> new Projection.Absent(position, key);
            case Change.Written(long position, StoredResource resource) ->
                    resource.deleted()
                            ? new Projection.Absent(position, resource.key())
                            : new Projection.Present(
                                    position,
                                    resource,
                                    recent.take(tenant, resource)
                                            .orElseGet(() -> values(tenant, resource)));
        };
    }

    /** A live resource as of a position, with values extracted anew. */
    Projection.Present present(TenantContext tenant, long position, StoredResource resource) {
        return new Projection.Present(position, resource, values(tenant, resource));
    }

    private List<SearchValue> values(TenantContext tenant, StoredResource resource) {
        return extraction.values(tenant, resource, features);
    }
}
