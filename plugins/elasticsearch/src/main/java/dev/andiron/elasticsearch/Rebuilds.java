package dev.andiron.elasticsearch;

import co.elastic.clients.elasticsearch._types.Conflicts;
import co.elastic.clients.elasticsearch._types.query_dsl.Query;

import dev.andiron.elasticsearch.ClusterMeters.Operation;
import dev.andiron.elasticsearch.Position.Copy;
import dev.andiron.spi.StorageException;
import dev.andiron.spi.tenant.TenantId;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Second copies of tenants' data. A tenant with an index of its own gets a second index, and its
 * alias leads there in the end; one that shares an index gets other documents in it, and its
 * position names them in the end. Either is one write.
 */
final class Rebuilds {
    private final Cluster cluster;
    private final Indices indices;
    private final Positions positions;

    Rebuilds(Cluster cluster, Indices indices, Positions positions) {
        this.cluster = cluster;
        this.indices = indices;
        this.positions = positions;
    }

    /** Begins a second copy. */
    void begin(TenantId tenant) {
        abandon(tenant);
        Optional<String> aside =
                indices.perTenant() ? Optional.of(indices.createAside(tenant)) : Optional.empty();
        positions.change(
                tenant,
                position ->
                        position.with(
                                position.copy(),
                                Optional.of(
                                        new Copy(
                                                aside.orElse(position.copy().index()),
                                                position.nextCopy()))));
    }

    /** Lets searches use the second copy. */
    void complete(TenantId tenant) {
        Position position = positions.read(tenant);
        if (position.second().isEmpty()) {
            return;
        }
        Copy second = position.second().get();
        cluster.call(
                Operation.REFRESH,
                client -> client.indices().refresh(r -> r.index(second.index())));
        if (second.index().equals(position.copy().index())) {
            Position now =
                    positions.change(
                            tenant,
                            before ->
                                    before.second().equals(Optional.of(second))
                                            ? before.with(second, Optional.empty())
                                            : before);
            positions.allow(now);
            // Searches of other nodes may just have read where the data was.
            rest(Positions.LEASE.multipliedBy(2));
            deleteOldCopies(now);
            return;
        }
        // What is applied to both meanwhile is in the second already, so its position may be older.
        positions.create(position.with(second, Optional.empty()));
        indices.replace(tenant, position.copy().index(), second.index());
        positions.forget(tenant);
        positions.allow(positions.read(tenant));
    }

    /** Drops the second copy. */
    void abandon(TenantId tenant) {
        Position before = positions.read(tenant);
        if (before.second().isEmpty()) {
            return;
        }
        Position now =
                positions.change(
                        tenant, position -> position.with(position.copy(), Optional.empty()));
        String index = before.second().get().index();
        if (index.equals(now.copy().index())) {
            deleteOldCopies(now);
        } else {
            indices.drop(index);
        }
    }

    /** Deletes the documents of copies that are none any more. */
    void deleteOldCopies(Position position) {
        var kept = new ArrayList<String>();
        kept.add(position.scope());
        position.second().ifPresent(copy -> kept.add(Position.scope(position.tenant(), copy)));
        Query old =
                Query.of(
                        q ->
                                q.bool(
                                        b ->
                                                b.filter(
                                                                Clauses.term(
                                                                        Field.TENANT,
                                                                        position.tenant().value()))
                                                        .mustNot(
                                                                List.of(
                                                                        Clauses.terms(
                                                                                Field.SCOPE, kept),
                                                                        Clauses.term(
                                                                                Field.KIND,
                                                                                Field
                                                                                        .POSITION_OF_FEED)))));
        String index = position.copy().index();
        cluster.call(Operation.REFRESH, client -> client.indices().refresh(r -> r.index(index)));
        // It may take long, and nobody has to see the end of it.
        cluster.call(
                Operation.ADMINISTRATION,
                client ->
                        client.deleteByQuery(
                                r ->
                                        r.index(index)
                                                .conflicts(Conflicts.Proceed)
                                                .waitForCompletion(false)
                                                .query(old)));
    }

    private static void rest(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new StorageException.Timeout("the wait was interrupted", interrupted);
        }
    }
}
