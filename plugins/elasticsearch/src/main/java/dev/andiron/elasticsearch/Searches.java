package dev.andiron.elasticsearch;

import co.elastic.clients.elasticsearch.core.SearchResponse;

import dev.andiron.spi.StorageException;

import java.time.Duration;

/** What every search checks. */
final class Searches {
    private Searches() {}

    /** Refuses an answer of a part of the index: nothing is left out silently. */
    static void requireWhole(SearchResponse<?> found) {
        if (found.timedOut()) {
            throw new StorageException.Timeout("the search took longer than it may", null);
        }
        if (found.shards().failed().intValue() > 0) {
            throw new StorageException.Unavailable(
                    "a part of the search index does not answer", Duration.ofSeconds(2), null);
        }
    }
}
