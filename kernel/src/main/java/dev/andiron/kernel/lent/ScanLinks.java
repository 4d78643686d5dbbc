package dev.andiron.kernel.lent;

import dev.andiron.fhir.search.SearchFacts;
import dev.andiron.fhir.search.SearchLinks;
import dev.andiron.spi.StorageException;
import dev.andiron.spi.resource.ResourceCursor;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.ResourceStore;
import dev.andiron.spi.resource.ScanRequest;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.spi.search.SearchValue;
import dev.andiron.spi.tenant.TenantContext;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Leads the chains of one search to other resources: forward by reads, backward by one nested scan
 * for each kind of reference, whose references are kept for the search. Used by one thread.
 */
final class ScanLinks implements SearchLinks {
    /** How many resources are remembered before the eldest is read again. */
    private static final int REMEMBERED = 1_000;

    private final ResourceStore store;
    private final TenantContext tenant;
    private final Function<StoredResource, List<SearchValue>> extraction;
    private final int mostReferences;
    private final Map<ResourceKey, Optional<SearchFacts>> remembered =
            new LinkedHashMap<>(16, 0.75f, true) {
                private static final long serialVersionUID = 1;

                @Override
                protected boolean removeEldestEntry(
                        Map.Entry<ResourceKey, Optional<SearchFacts>> eldest) {
                    return size() > REMEMBERED;
                }
            };
    private final Map<Kind, Map<ResourceKey, List<ResourceKey>>> referrers = new HashMap<>();
    private int references;

    /** One kind of reference: from which type, by which parameter. */
    private record Kind(String sourceType, String parameter) {}

    ScanLinks(
            ResourceStore store,
            TenantContext tenant,
            Function<StoredResource, List<SearchValue>> extraction,
            int mostReferences) {
        this.store = store;
        this.tenant = tenant;
        this.extraction = extraction;
        this.mostReferences = mostReferences;
    }

    @Override
    public Optional<SearchFacts> find(ResourceKey key) {
        Optional<SearchFacts> facts = remembered.get(key);
        if (facts == null) {
            facts =
                    store.read(tenant, key)
                            .filter(resource -> !resource.deleted())
                            .map(this::facts);
            remembered.put(key, facts);
        }
        return facts;
    }

    @Override
    public Iterable<SearchFacts> referringTo(
            ResourceKey target, String sourceType, String parameter) {
        List<ResourceKey> sources =
                referrers
                        .computeIfAbsent(new Kind(sourceType, parameter), this::scan)
                        .getOrDefault(target, List.of());
        return () -> sources.stream().map(this::find).flatMap(Optional::stream).iterator();
    }

    private Map<ResourceKey, List<ResourceKey>> scan(Kind kind) {
        var byTarget = new HashMap<ResourceKey, List<ResourceKey>>();
        try (ResourceCursor cursor = store.scan(tenant, ScanRequest.ofType(kind.sourceType()))) {
            for (var next = cursor.next(); next.isPresent(); next = cursor.next()) {
                for (SearchValue value : extraction.apply(next.get())) {
                    if (value instanceof SearchValue.LocalReference reference
                            && reference.parameter().equals(kind.parameter())) {
                        count(kind);
                        byTarget.computeIfAbsent(
                                        new ResourceKey(reference.type(), reference.id()),
                                        key -> new ArrayList<>())
                                .add(next.get().key());
                    }
                }
            }
        }
        return byTarget;
    }

    private void count(Kind kind) {
        if (++references > mostReferences) {
            throw new StorageException.TooLarge(
                    ("the backend does not search by '_has' itself, and more than %d references of"
                                    + " %s.%s would have to be kept in memory to do it here")
                            .formatted(mostReferences, kind.sourceType(), kind.parameter()));
        }
    }

    private SearchFacts facts(StoredResource resource) {
        return new SearchFacts(resource.key(), resource.lastUpdated(), extraction.apply(resource));
    }
}
