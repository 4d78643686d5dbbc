package dev.andiron.elasticsearch;

import co.elastic.clients.elasticsearch._types.Time;
import co.elastic.clients.elasticsearch.core.SearchRequest;

import dev.andiron.elasticsearch.ClusterMeters.Operation;
import dev.andiron.spi.StorageException;

/**
 * The index as of one moment, for what is read in several pages. Elasticsearch keeps it until it is
 * closed, or not asked of for a while.
 */
final class PointInTime implements AutoCloseable {
    private static final Time KEPT = Time.of(time -> time.time("1m"));

    private final Cluster cluster;
    private String id;

    private PointInTime(Cluster cluster, String id) {
        this.cluster = cluster;
        this.id = id;
    }

    static PointInTime open(Cluster cluster, String index) {
        return new PointInTime(
                cluster,
                cluster.call(
                                Operation.SEARCH,
                                client ->
                                        client.openPointInTime(
                                                r ->
                                                        r.index(index)
                                                                .keepAlive(KEPT)
                                                                .allowPartialSearchResults(false)))
                        .id());
    }

    /** Lets a search look at this instead of at an index. */
    void askedBy(SearchRequest.Builder request) {
        String asked = id;
        request.pit(pit -> pit.id(asked).keepAlive(KEPT));
    }

    /** Takes note of what an answer calls it from now on. */
    void renamed(String now) {
        if (now != null) {
            id = now;
        }
    }

    @Override
    public void close() {
        String closed = id;
        try {
            cluster.call(Operation.SEARCH, client -> client.closePointInTime(r -> r.id(closed)));
        } catch (StorageException lapses) {
            // It ends by itself.
            System.getLogger(PointInTime.class.getName())
                    .log(System.Logger.Level.DEBUG, "a point in time was not closed", lapses);
        }
    }
}
