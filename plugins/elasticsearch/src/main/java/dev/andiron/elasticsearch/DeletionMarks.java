package dev.andiron.elasticsearch;

import co.elastic.clients.elasticsearch._types.Conflicts;
import co.elastic.clients.elasticsearch._types.query_dsl.Query;

import dev.andiron.elasticsearch.ClusterMeters.Operation;
import dev.andiron.spi.StorageException;
import dev.andiron.spi.tenant.TenantId;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Removes the marks of deleted resources when they are old. A mark holds back states from before
 * the deletion that arrive late: from a node that had read them and was held up. Whoever follows
 * from an earlier position again comes to the deletion again, and needs none. Safe for use by many
 * threads and nodes.
 */
final class DeletionMarks {
    private static final Duration FIRST = Duration.ofMinutes(1);

    /** How often marks are removed within the time that they are kept. */
    private static final int OFTEN = 24;

    private final Cluster cluster;
    private final Duration kept;
    private final InstantSource clock;
    private final Map<TenantId, Instant> due = new ConcurrentHashMap<>();

    DeletionMarks(Cluster cluster, Duration kept, InstantSource clock) {
        this.cluster = cluster;
        this.kept = kept;
        this.clock = clock;
    }

    /** When a mark is made, in milliseconds. */
    long now() {
        return clock.millis();
    }

    /** Removes what is old, if it is time; nobody has to see the end of it. */
    void sweep(Position position) {
        Instant now = clock.instant();
        Instant next = due.computeIfAbsent(position.tenant(), tenant -> now.plus(FIRST));
        if (now.isBefore(next)
                || !due.replace(position.tenant(), next, now.plus(kept.dividedBy(OFTEN)))) {
            return;
        }
        try {
            cluster.call(
                    Operation.ADMINISTRATION,
                    client ->
                            client.deleteByQuery(
                                    r ->
                                            r.index(position.copy().index())
                                                    .conflicts(Conflicts.Proceed)
                                                    .waitForCompletion(false)
                                                    .query(old(position, now))));
        } catch (StorageException later) {
            System.getLogger(DeletionMarks.class.getName())
                    .log(System.Logger.Level.DEBUG, "marks are removed the next time", later);
        }
    }

    private Query old(Position position, Instant now) {
        double end = now.minus(kept).toEpochMilli();
        return Clauses.all(
                List.of(
                        Clauses.term(Field.SCOPE, position.scope()),
                        Clauses.term(Field.KIND, Field.GONE),
                        Query.of(
                                q -> q.range(r -> r.number(n -> n.field(Field.UPDATED).lt(end))))));
    }
}
