package dev.andiron.elasticsearch;

import co.elastic.clients.elasticsearch.core.SearchRequest;
import co.elastic.clients.elasticsearch.core.SearchResponse;

import dev.andiron.elasticsearch.ClusterMeters.Operation;
import dev.andiron.spi.StorageException;

import java.time.Duration;
import java.util.Optional;

/** What every search has in common. */
final class Searches {
    private Searches() {}

    /**
     * Makes a search, and refuses an answer of a part of the index: nothing is left out silently.
     *
     * @param moment as of which; empty for the present
     */
    static SearchResponse<Void> whole(
            Cluster cluster,
            String index,
            Optional<PointInTime> moment,
            SearchRequest.Builder request) {
        if (moment.isPresent()) {
            moment.get().askedBy(request);
        } else {
            request.index(index).allowPartialSearchResults(false);
        }
        SearchRequest built = request.build();
        SearchResponse<Void> found =
                cluster.call(Operation.SEARCH, client -> client.search(built, Void.class));
        moment.ifPresent(point -> point.renamed(found.pitId()));
        if (found.timedOut()) {
            throw new StorageException.Timeout("the search took longer than it may", null);
        }
        if (found.shards().failed().intValue() > 0) {
            throw new StorageException.Unavailable(
                    "a part of the search index does not answer", Duration.ofSeconds(2), null);
        }
        return found;
    }
}
