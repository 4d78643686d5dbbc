package dev.andiron.elasticsearch;

import co.elastic.clients.elasticsearch._types.OpType;
import co.elastic.clients.elasticsearch.core.GetResponse;
import co.elastic.clients.elasticsearch.core.IndexResponse;
import co.elastic.clients.util.BinaryData;
import co.elastic.clients.util.ContentType;

import com.fasterxml.jackson.databind.JsonNode;

import dev.andiron.elasticsearch.ClusterMeters.Operation;
import dev.andiron.spi.StorageException;
import dev.andiron.spi.tenant.TenantId;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * How far the changes of each tenant have been applied. Whoever loses a tenant's documents, or sets
 * them back, loses or sets back its position too. Such a loss is noticed: what this node has seen
 * applied is there, or nothing is searched and nothing goes on from there. Safe for use by many
 * threads and nodes.
 */
final class Positions {
    /** How long what was read counts for searches; old copies of data are kept longer. */
    static final Duration LEASE = Duration.ofSeconds(1);

    private final Cluster cluster;
    private final Indices indices;
    private final Map<TenantId, Known> known = new ConcurrentHashMap<>();
    private final Map<TenantId, Long> reached = new ConcurrentHashMap<>();

    private record Known(Position position, long nanos) {
        boolean isFresh() {
            return System.nanoTime() - nanos < LEASE.toNanos();
        }
    }

    Positions(Cluster cluster, Indices indices) {
        this.cluster = cluster;
        this.indices = indices;
    }

    // For those who apply

    /** How far the follower has come; whoever asks goes on from there. */
    long applied(TenantId tenant) {
        long applied = read(tenant).applied();
        reached.merge(tenant, applied, Math::max);
        return applied;
    }

    /** The position as it is now; a tenant that has none gets 0, and an index. */
    Position read(TenantId tenant) {
        known.remove(tenant);
        return know(find(tenant).orElseGet(() -> create(tenant)));
    }

    /** The position that is known, or else read. */
    Position current(TenantId tenant) {
        Known here = known.get(tenant);
        if (here != null) {
            return here.position();
        }
        Position found = read(tenant);
        if (found.applied() < reached.getOrDefault(tenant, 0L)) {
            throw setBack();
        }
        return found;
    }

    /**
     * Moves on to a position, unless it is there already.
     *
     * @param from what was known when the changes were applied
     */
    void move(Position from, long through) {
        TenantId tenant = from.tenant();
        Position now = from.applied() < through ? from : read(tenant);
        while (true) {
            if (!now.copy().equals(from.copy()) || now.applied() < from.applied()) {
                forget(tenant);
                throw setBack();
            }
            if (now.applied() >= through) {
                break;
            }
            Optional<Position> written = write(now.through(through));
            now = written.isPresent() ? know(written.get()) : read(tenant);
        }
        reached.merge(tenant, now.applied(), Math::max);
    }

    /**
     * Changes a position.
     *
     * @return what it has become
     */
    Position change(TenantId tenant, UnaryOperator<Position> change) {
        while (true) {
            Optional<Position> written = write(change.apply(read(tenant)));
            if (written.isPresent()) {
                return know(written.get());
            }
        }
    }

    /** From now on a tenant may be where it is, though it was farther before. */
    void allow(Position position) {
        reached.put(position.tenant(), position.applied());
        know(position);
    }

    private Position know(Position position) {
        known.put(position.tenant(), new Known(position, System.nanoTime()));
        return position;
    }

    /** Forgets what was read: something is not where it was. */
    void forget(TenantId tenant) {
        known.remove(tenant);
        indices.forget(tenant);
    }

    // For those who search

    /**
     * Where a tenant's data is.
     *
     * @return empty when there is none, and never was
     */
    Optional<Position> searchable(TenantId tenant) {
        Known here = known.get(tenant);
        long least = reached.getOrDefault(tenant, 0L);
        if (here != null && here.isFresh() && here.position().applied() >= least) {
            return Optional.of(here.position());
        }
        Optional<Position> found = find(tenant);
        if (found.map(Position::applied).orElse(0L) < least) {
            throw setBack();
        }
        found.ifPresent(this::know);
        return found;
    }

    private static StorageException.Unavailable setBack() {
        return new StorageException.Unavailable(
                "the search index has lost changes, which are applied again",
                Duration.ofSeconds(2),
                null);
    }

    // The documents

    private Optional<Position> find(TenantId tenant) {
        Optional<String> index = indices.find(tenant);
        if (index.isEmpty()) {
            return Optional.empty();
        }
        try {
            GetResponse<JsonNode> found =
                    cluster.call(
                            Operation.POSITION,
                            client ->
                                    client.get(
                                            r -> r.index(index.get()).id(Position.id(tenant)),
                                            JsonNode.class));
            return found.found()
                    ? Optional.of(
                            Position.of(
                                    tenant,
                                    index.get(),
                                    found.source(),
                                    found.seqNo(),
                                    found.primaryTerm()))
                    : Optional.empty();
        } catch (StorageException.Unavailable failure) {
            if (!Failures.isMissing(failure)) {
                throw failure;
            }
            indices.forget(tenant);
            return Optional.empty();
        }
    }

    private Position create(TenantId tenant) {
        var copy = new Position.Copy(indices.ensure(tenant), 1);
        var position = new Position(tenant, 0, copy, Optional.empty(), 0, 0);
        return create(position).or(() -> find(tenant)).orElseThrow(() -> Indices.absent(null));
    }

    /**
     * Writes a position where there is none.
     *
     * @return empty if there is one
     */
    Optional<Position> create(Position position) {
        return unlessConflicting(
                () ->
                        cluster.call(
                                Operation.POSITION,
                                client ->
                                        client.index(
                                                r ->
                                                        r.index(position.copy().index())
                                                                .id(Position.id(position.tenant()))
                                                                .opType(OpType.Create)
                                                                .document(json(position)))),
                position);
    }

    /** Writes a position, unless somebody else did since it was read. */
    private Optional<Position> write(Position position) {
        return unlessConflicting(
                () ->
                        cluster.call(
                                Operation.POSITION,
                                client ->
                                        client.index(
                                                r ->
                                                        r.index(position.copy().index())
                                                                .id(Position.id(position.tenant()))
                                                                .ifSeqNo(position.sequence())
                                                                .ifPrimaryTerm(position.term())
                                                                .document(json(position)))),
                position);
    }

    private Optional<Position> unlessConflicting(Supplier<IndexResponse> write, Position position) {
        try {
            var written = write.get();
            return Optional.of(position.written(written.seqNo(), written.primaryTerm()));
        } catch (StorageException failure) {
            if (Failures.isConflict(failure)) {
                return Optional.empty();
            }
            forget(position.tenant());
            throw failure;
        }
    }

    private static BinaryData json(Position position) {
        return BinaryData.of(position.json(), ContentType.APPLICATION_JSON);
    }
}
