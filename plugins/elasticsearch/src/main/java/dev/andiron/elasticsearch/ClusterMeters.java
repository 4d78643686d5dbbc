package dev.andiron.elasticsearch;

import dev.andiron.spi.Option;
import dev.andiron.spi.StorageException;
import dev.andiron.spi.metric.MeterName;
import dev.andiron.spi.metric.Meters;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Times requests to Elasticsearch, and counts what is written in bulk. Safe for many threads. */
final class ClusterMeters {
    private final Meters meters;
    private final Map<Request, Meters.Timer> requests = new ConcurrentHashMap<>();
    private final Meters.Counter documents;
    private final Meters.Counter bytes;
    private final Meters.Counter again;

    /** What is asked. */
    enum Operation {
        SEARCH,
        COUNT,
        GET,
        BULK,
        REFRESH,
        POSITION,
        ADMINISTRATION
    }

    /** How it ended. */
    private enum Outcome {
        OK,
        /** Somebody else was first. */
        REFUSED,
        /** It is not there. */
        ABSENT,
        /** It cannot answer now. */
        UNAVAILABLE,
        FAILED
    }

    private record Request(Operation operation, Outcome outcome) {}

    ClusterMeters(Meters meters) {
        this.meters = meters;
        documents =
                meters.counter(
                        MeterName.of("elasticsearch.bulk.documents", "Documents written in bulk"));
        bytes =
                meters.counter(
                        MeterName.of(
                                "elasticsearch.bulk.bytes", "Bytes of documents sent in bulk"));
        again =
                meters.counter(
                        MeterName.of(
                                "elasticsearch.bulk.again",
                                "Documents that were refused for the moment, and sent again"));
    }

    /** How large bulk requests may be now. */
    void showBulkSize(BulkSender sender) {
        meters.gauge(
                MeterName.of(
                        "elasticsearch.bulk.size",
                        "How large the next bulk request may be, in bytes"),
                sender::size);
    }

    void succeeded(Operation operation, long nanoseconds) {
        record(operation, Outcome.OK, nanoseconds);
    }

    void failed(Operation operation, StorageException failure, long nanoseconds) {
        Outcome outcome = Outcome.FAILED;
        if (Failures.isMissing(failure)) {
            outcome = Outcome.ABSENT;
        } else if (Failures.isConflict(failure)) {
            outcome = Outcome.REFUSED;
        } else if (failure instanceof StorageException.Unavailable) {
            outcome = Outcome.UNAVAILABLE;
        }
        record(operation, outcome, nanoseconds);
    }

    private void record(Operation operation, Outcome outcome, long nanoseconds) {
        requests.computeIfAbsent(new Request(operation, outcome), this::timer).record(nanoseconds);
    }

    private Meters.Timer timer(Request request) {
        return meters.timer(
                new MeterName(
                        "elasticsearch.requests",
                        "Requests to Elasticsearch",
                        Map.of(
                                "operation",
                                Option.word(request.operation()),
                                "outcome",
                                Option.word(request.outcome()))));
    }

    /** Documents were written in one request. */
    void written(int count, long size) {
        documents.add(count);
        bytes.add(size);
    }

    /** Documents are sent again. */
    void again(int count) {
        again.add(count);
    }
}
