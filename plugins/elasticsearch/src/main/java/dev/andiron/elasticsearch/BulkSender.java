package dev.andiron.elasticsearch;

import dev.andiron.elasticsearch.ClusterMeters.Operation;
import dev.andiron.spi.StorageException;
import dev.andiron.spi.resource.ResourceKey;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Writes documents in bulk requests of bounded size. While Elasticsearch is busy they become
 * smaller, and wait; while all goes well they grow again. Safe for use by many threads.
 */
final class BulkSender {
    private static final int SMALLEST = 64 << 10;
    private static final int FIRST = 1 << 20;

    /** What the line in front of each document takes, roughly. */
    private static final int HEAD = 200;

    private static final int SLOW_MILLIS = 2_000;
    private static final long FIRST_PAUSE_MILLIS = 100;
    private static final long LONGEST_PAUSE_MILLIS = 5_000;

    private final Cluster cluster;
    private final ClusterMeters meters;
    private final int attempts;

    /** What Elasticsearch takes at most, as far as it is known. */
    private final AtomicInteger ceiling;

    private final AtomicInteger size;

    BulkSender(Cluster cluster, ClusterMeters meters, ElasticsearchOptions options) {
        this.cluster = cluster;
        this.meters = meters;
        attempts = options.attempts();
        ceiling = new AtomicInteger(options.bulkBytes());
        size = new AtomicInteger(Math.min(FIRST, options.bulkBytes()));
        meters.showBulkSize(this);
    }

    /**
     * A document to write.
     *
     * @param version what it replaces is of this version or an earlier one
     */
    record Document(ResourceKey key, String id, long version, byte[] json) {
        int bytes() {
            return json.length + HEAD;
        }
    }

    /** How large the next request may be, in bytes. */
    int size() {
        return size.get();
    }

    /**
     * Writes documents, each unless one of a later version is there.
     *
     * @throws StorageException.TooLarge or {@link StorageException.Unprocessable} if Elasticsearch
     *     does not take one of them
     * @throws StorageException.Unavailable if it stays busy; some may have been written
     */
    void write(String index, List<Document> documents) {
        List<Document> left = documents;
        for (int attempt = 1; !left.isEmpty(); attempt++) {
            left = writeOnce(index, left, attempt);
            if (!left.isEmpty()) {
                pause(attempt);
            }
        }
    }

    /** Writes all, in as many requests as it takes; gives those that have to be tried again. */
    private List<Document> writeOnce(String index, List<Document> documents, int attempt) {
        var again = new ArrayList<Document>();
        for (int from = 0; from < documents.size(); ) {
            int end = end(documents, from);
            List<Document> part = documents.subList(from, end);
            try {
                again.addAll(request(index, part, attempt == attempts));
                from = end;
            } catch (StorageException.TooLarge tooLarge) {
                if (ceiling.get() > SMALLEST) {
                    // It will not take more later either.
                    int refused = part.stream().mapToInt(Document::bytes).sum();
                    ceiling.updateAndGet(now -> Math.max(SMALLEST, Math.min(now, refused) / 2));
                    size.updateAndGet(now -> Math.min(now, ceiling.get()));
                } else {
                    split(index, part, attempt, again);
                    from = end;
                }
            } catch (StorageException.Unavailable | StorageException.Timeout busy) {
                shrink();
                if (attempt >= attempts || Failures.isMissing(busy)) {
                    throw busy;
                }
                again.addAll(part);
                again.addAll(documents.subList(end, documents.size()));
                return again;
            }
        }
        return again;
    }

    /** Requests of bounded bytes are still too large: fewer documents, then. */
    private void split(String index, List<Document> part, int attempt, List<Document> again) {
        if (part.size() == 1) {
            throw new StorageException.TooLarge(
                    part.getFirst().key() + " is larger than Elasticsearch takes");
        }
        int half = part.size() / 2;
        for (List<Document> each :
                List.of(part.subList(0, half), part.subList(half, part.size()))) {
            try {
                again.addAll(request(index, each, attempt == attempts));
            } catch (StorageException.TooLarge tooLarge) {
                split(index, each, attempt, again);
            }
        }
    }

    private int end(List<Document> documents, int from) {
        int bytes = documents.get(from).bytes();
        int end = from + 1;
        while (end < documents.size() && bytes + documents.get(end).bytes() <= size.get()) {
            bytes += documents.get(end++).bytes();
        }
        return end;
    }

    /** One request; gives the documents that were refused for the moment. */
    private List<Document> request(String index, List<Document> documents, boolean isLast) {
        long start = System.nanoTime();
        List<BulkAnswer.Item> failed =
                cluster.bulk(index, BulkBody.of(documents), documents.size());
        List<Document> refused = refused(index, documents, failed, isLast);
        meters.written(
                documents.size() - refused.size(),
                documents.stream().mapToLong(document -> document.json().length).sum());
        meters.again(refused.size());
        if (refused.isEmpty()) {
            grow(Duration.ofNanos(System.nanoTime() - start));
        } else {
            shrink();
        }
        return refused;
    }

    private List<Document> refused(
            String index, List<Document> documents, List<BulkAnswer.Item> failed, boolean isLast) {
        var refused = new ArrayList<Document>();
        var conflicting = new ArrayList<Document>();
        for (BulkAnswer.Item item : failed) {
            Document document = documents.get(item.number());
            switch (item.status()) {
                case 409 -> conflicting.add(document);
                case 429, 500, 502, 503, 504 -> refused.add(document);
                case 404 -> throw Indices.absent(null);
                default ->
                        throw new StorageException.Unprocessable(
                                "Elasticsearch does not take %s: %s"
                                        .formatted(document.key(), item.reason()));
            }
        }
        refused.addAll(notSuperseded(index, conflicting));
        if (isLast && !refused.isEmpty()) {
            throw new StorageException.Unavailable(
                    "Elasticsearch is busy: it has refused %d of %d documents %d times"
                            .formatted(refused.size(), documents.size(), attempts),
                    Duration.ofSeconds(2),
                    null);
        }
        return refused;
    }

    /**
     * Those among the conflicting documents that are in conflict with nothing but the trace of one
     * that was deleted, which Elasticsearch keeps for a moment.
     */
    private List<Document> notSuperseded(String index, List<Document> conflicting) {
        if (conflicting.isEmpty()) {
            return List.of();
        }
        var ids = conflicting.stream().map(Document::id).toList();
        var found =
                cluster.call(
                        Operation.GET,
                        client ->
                                client.mget(
                                        request ->
                                                request.index(index)
                                                        .ids(ids)
                                                        .source(source -> source.fetch(false)),
                                        Void.class));
        Set<String> there = new HashSet<>();
        found.docs()
                .forEach(
                        item -> {
                            if (item.isResult() && item.result().found()) {
                                there.add(item.result().id());
                            }
                        });
        return conflicting.stream().filter(document -> !there.contains(document.id())).toList();
    }

    private void grow(Duration took) {
        if (took.toMillis() < SLOW_MILLIS) {
            size.updateAndGet(now -> Math.min(ceiling.get(), now + now / 4));
        }
    }

    private void shrink() {
        size.updateAndGet(now -> Math.max(SMALLEST, now / 2));
    }

    private static void pause(int attempt) {
        long longest = Math.min(LONGEST_PAUSE_MILLIS, FIRST_PAUSE_MILLIS << Math.min(attempt, 10));
        try {
            Thread.sleep(longest / 2 + ThreadLocalRandom.current().nextLong(longest / 2 + 1));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new StorageException.Timeout(
                    "the wait for Elasticsearch was interrupted", interrupted);
        }
    }
}
