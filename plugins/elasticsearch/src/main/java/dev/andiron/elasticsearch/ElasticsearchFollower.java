package dev.andiron.elasticsearch;

import co.elastic.clients.elasticsearch._types.FieldValue;
import co.elastic.clients.elasticsearch._types.SortOptions;
import co.elastic.clients.elasticsearch._types.SortOrder;
import co.elastic.clients.elasticsearch._types.query_dsl.Query;
import co.elastic.clients.elasticsearch.core.SearchRequest;
import co.elastic.clients.elasticsearch.core.SearchResponse;
import co.elastic.clients.elasticsearch.core.bulk.BulkOperation;
import co.elastic.clients.elasticsearch.core.search.Hit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;

import dev.andiron.elasticsearch.ClusterMeters.Operation;
import dev.andiron.spi.StorageException;
import dev.andiron.spi.composite.FollowedEntry;
import dev.andiron.spi.composite.Follower;
import dev.andiron.spi.composite.Projection;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.tenant.TenantContext;
import dev.andiron.spi.tenant.TenantId;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Keeps the index in step with a primary. */
final class ElasticsearchFollower implements Follower {
    /** How many documents are read at once. */
    private static final int PAGE = 1_000;

    /** How many documents are compared at once, in full. */
    private static final int COMPARED = 100;

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Cluster cluster;
    private final Positions positions;
    private final Rebuilds rebuilds;
    private final BulkSender sender;
    private final DeletionMarks marks;

    ElasticsearchFollower(
            Cluster cluster,
            Positions positions,
            Rebuilds rebuilds,
            BulkSender sender,
            DeletionMarks marks) {
        this.marks = marks;
        this.cluster = cluster;
        this.positions = positions;
        this.rebuilds = rebuilds;
        this.sender = sender;
    }

    @Override
    public long applied(TenantContext tenant) {
        return positions.applied(tenant.tenant());
    }

    @Override
    public void apply(TenantContext tenant, List<Projection> projections, long through) {
        Position position = positions.current(tenant.tenant());
        write(position, position.copy(), projections);
        positions.move(position, through);
        marks.sweep(position);
    }

    private void write(Position position, Position.Copy copy, List<Projection> projections) {
        TenantId tenant = position.tenant();
        String scope = Position.scope(tenant, copy);
        long now = marks.now();
        var documents = new ArrayList<BulkSender.Document>(projections.size());
        for (Projection projection : projections) {
            documents.add(
                    new BulkSender.Document(
                            projection.key(),
                            Position.documentId(scope, projection.key()),
                            projection.position(),
                            Documents.of(tenant, scope, projection, now)));
        }
        try {
            sender.write(copy.index(), documents);
        } catch (StorageException.Unavailable failure) {
            positions.forget(tenant);
            throw failure;
        }
    }

    @Override
    public void refresh(TenantContext tenant) {
        positions
                .searchable(tenant.tenant())
                .ifPresent(position -> refresh(tenant.tenant(), position.copy().index()));
    }

    private void refresh(TenantId tenant, String index) {
        try {
            var refreshed =
                    cluster.call(
                            Operation.REFRESH,
                            client -> client.indices().refresh(r -> r.index(index)));
            if (refreshed.shards() != null && refreshed.shards().failed().intValue() > 0) {
                throw new StorageException.Unavailable(
                        "a part of the search index does not answer", Duration.ofSeconds(2), null);
            }
        } catch (StorageException.Unavailable failure) {
            positions.forget(tenant);
            throw failure;
        }
    }

    @Override
    public List<FollowedEntry> entries(
            TenantContext tenant, Optional<ResourceKey> after, int limit) {
        Optional<Position> position = positions.searchable(tenant.tenant());
        if (position.isEmpty()) {
            return List.of();
        }
        refresh(tenant.tenant(), position.get().copy().index());
        var entries = new ArrayList<FollowedEntry>();
        Optional<ResourceKey> last = after;
        while (entries.size() < limit) {
            int wanted = Math.min(PAGE, limit - entries.size());
            List<FollowedEntry> page = page(position.get(), last, wanted);
            entries.addAll(page);
            if (page.size() < wanted) {
                break;
            }
            last = Optional.of(page.getLast().key());
        }
        return entries;
    }

    private List<FollowedEntry> page(Position position, Optional<ResourceKey> after, int limit) {
        Query live =
                Clauses.all(
                        List.of(
                                Clauses.term(Field.SCOPE, position.scope()),
                                Clauses.term(Field.KIND, Field.LIVE)));
        var request =
                new SearchRequest.Builder()
                        .query(q -> q.bool(b -> b.filter(live)))
                        .size(limit)
                        .version(true)
                        .source(source -> source.fetch(false))
                        .trackTotalHits(total -> total.enabled(false))
                        .docvalueFields(f -> f.field(Field.VERSION))
                        .sort(ascending(Field.TYPE), ascending(Field.ID));
        after.ifPresent(
                key -> request.searchAfter(FieldValue.of(key.type()), FieldValue.of(key.id())));
        SearchResponse<Void> found =
                Searches.whole(cluster, position.copy().index(), Optional.empty(), request);
        return found.hits().hits().stream().map(ElasticsearchFollower::entry).toList();
    }

    private static SortOptions ascending(String field) {
        return SortOptions.of(sort -> sort.field(f -> f.field(field).order(SortOrder.Asc)));
    }

    private static FollowedEntry entry(Hit<Void> hit) {
        long version = hit.fields().get(Field.VERSION).to(long[].class)[0];
        return new FollowedEntry(
                new ResourceKey(hit.sort().get(0).stringValue(), hit.sort().get(1).stringValue()),
                version,
                hit.version());
    }

    @Override
    public Set<ResourceKey> differing(
            TenantContext tenant, Collection<Projection.Present> expected) {
        var differing = new HashSet<ResourceKey>();
        var all = List.copyOf(expected);
        for (int from = 0; from < all.size(); from += COMPARED) {
            compare(
                    tenant.tenant(),
                    all.subList(from, Math.min(all.size(), from + COMPARED)),
                    differing);
        }
        return differing;
    }

    private void compare(
            TenantId tenant, List<Projection.Present> expected, Set<ResourceKey> differing) {
        Optional<Position> position = positions.searchable(tenant);
        Map<ResourceKey, JsonNode> held =
                position.map(where -> held(where, expected.stream().map(Projection::key).toList()))
                        .orElseGet(Map::of);
        for (Projection.Present each : expected) {
            JsonNode is = held.get(each.key());
            if (is == null
                    || !is.equals(tree(Documents.of(tenant, position.get().scope(), each)))) {
                differing.add(each.key());
            }
        }
    }

    private Map<ResourceKey, JsonNode> held(Position position, List<ResourceKey> keys) {
        Map<String, ResourceKey> ids = new HashMap<>();
        keys.forEach(key -> ids.put(Position.documentId(position.scope(), key), key));
        Map<ResourceKey, JsonNode> held = new HashMap<>();
        cluster.call(
                        Operation.GET,
                        client ->
                                client.mget(
                                        r ->
                                                r.index(position.copy().index())
                                                        .ids(List.copyOf(ids.keySet())),
                                        JsonNode.class))
                .docs()
                .forEach(
                        item -> {
                            if (!item.isResult()) {
                                throw Indices.absent(null);
                            }
                            if (item.result().found()) {
                                held.put(ids.get(item.result().id()), item.result().source());
                            }
                        });
        return held;
    }

    private static JsonNode tree(byte[] json) {
        try {
            return JSON.readTree(json);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    @Override
    public void forget(TenantContext tenant, Collection<ResourceKey> keys) {
        Optional<Position> position = positions.searchable(tenant.tenant());
        if (position.isEmpty() || keys.isEmpty()) {
            return;
        }
        String scope = position.get().scope();
        String index = position.get().copy().index();
        var operations =
                keys.stream()
                        .map(key -> Position.documentId(scope, key))
                        .map(id -> BulkOperation.of(o -> o.delete(one -> one.id(id))))
                        .toList();
        var response =
                cluster.call(
                        Operation.BULK,
                        client -> client.bulk(r -> r.index(index).operations(operations)));
        for (var item : response.items()) {
            if (item.status() != 200 && item.status() != 404) {
                throw new StorageException.Unavailable(
                        "Elasticsearch did not delete a document: " + Failures.reason(item.error()),
                        Duration.ofSeconds(2),
                        null);
            }
        }
        refresh(tenant.tenant(), index);
    }

    /** A new copy begins, empty; whatever becomes of the old one's documents, nobody finds them. */
    @Override
    public void reset(TenantContext tenant) {
        Position now =
                positions.change(
                        tenant.tenant(),
                        position ->
                                position.with(
                                                new Position.Copy(
                                                        position.copy().index(),
                                                        position.nextCopy()),
                                                position.second())
                                        .through(0));
        positions.allow(now);
        rebuilds.deleteOldCopies(now);
    }

    // The second copy

    @Override
    public boolean canRebuild() {
        return true;
    }

    @Override
    public void beginRebuild(TenantContext tenant) {
        rebuilds.begin(tenant.tenant());
    }

    @Override
    public boolean isRebuilding(TenantContext tenant) {
        return positions.read(tenant.tenant()).second().isPresent();
    }

    @Override
    public void applyRebuild(TenantContext tenant, List<Projection> projections) {
        Position position = positions.read(tenant.tenant());
        if (position.second().isPresent()) {
            write(position, position.second().get(), projections);
        }
    }

    @Override
    public void completeRebuild(TenantContext tenant) {
        rebuilds.complete(tenant.tenant());
    }

    @Override
    public void abandonRebuild(TenantContext tenant) {
        rebuilds.abandon(tenant.tenant());
    }
}
