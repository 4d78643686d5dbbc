package dev.andiron.elasticsearch;

import co.elastic.clients.elasticsearch._types.ElasticsearchException;
import co.elastic.clients.elasticsearch._types.ErrorCause;
import co.elastic.clients.transport.TransportException;
import co.elastic.clients.transport.rest5_client.low_level.ResponseException;

import dev.andiron.spi.StorageException;

import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Set;

/** Turns what the client throws into what the SPI says. */
final class Failures {
    private static final Duration RETRY = Duration.ofSeconds(2);

    /** What Elasticsearch answers for a while: busy, starting, electing, out of breath. */
    private static final Set<Integer> FOR_A_WHILE = Set.of(408, 429, 500, 502, 503, 504);

    private Failures() {}

    static StorageException of(Exception failure) {
        if (failure instanceof StorageException known) {
            return known;
        }
        int status = status(failure);
        if (status == 404) {
            return unavailable("the search index is not there now", failure);
        }
        if (status == 401 || status == 403) {
            return unavailable("Elasticsearch refuses the credentials", failure);
        }
        if (status == 413) {
            return new StorageException.TooLarge("a request is larger than Elasticsearch takes");
        }
        if (FOR_A_WHILE.contains(status)) {
            return unavailable(
                    "Elasticsearch cannot answer now (" + reason(failure) + ")", failure);
        }
        if (status == 400 && isTooMuch(reason(failure))) {
            return new StorageException.Unprocessable(
                    "the search is too much for Elasticsearch: " + reason(failure));
        }
        if (status > 0) {
            return new StorageException.Internal(
                    "Elasticsearch refuses a request: " + reason(failure), failure);
        }
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SocketTimeoutException) {
                return new StorageException.Timeout(
                        "Elasticsearch took longer than a request may", failure);
            }
            if (cause instanceof InterruptedException || cause instanceof InterruptedIOException) {
                return new StorageException.Timeout("the request was interrupted", failure);
            }
        }
        return unavailable("Elasticsearch cannot be reached", failure);
    }

    /**
     * Whether the question itself was too large: long texts that repeat themselves, many clauses.
     */
    private static boolean isTooMuch(String reason) {
        return reason.contains("Determinizing automaton")
                || reason.contains("max_clause_count")
                || reason.contains("too many")
                || reason.contains("max_terms_count");
    }

    /** Whether Elasticsearch said that something does not exist. */
    static boolean isMissing(StorageException failure) {
        return failure.getCause() instanceof Exception cause && status(cause) == 404;
    }

    /** Whether somebody else was first. */
    static boolean isConflict(StorageException failure) {
        return failure.getCause() instanceof Exception cause && status(cause) == 409;
    }

    private static StorageException.Unavailable unavailable(String message, Exception cause) {
        return new StorageException.Unavailable(message, RETRY, cause);
    }

    /** The status of the answer; 0 when there was none. */
    static int status(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            switch (cause) {
                case ElasticsearchException answer -> {
                    return answer.status();
                }
                case ResponseException answer -> {
                    return answer.getResponse().getStatusCode();
                }
                case TransportException answer when answer.response() != null -> {
                    return answer.statusCode();
                }
                default -> {
                    // What lies behind says more.
                }
            }
        }
        return 0;
    }

    /** What Elasticsearch says is wrong, at the bottom of it. */
    static String reason(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ElasticsearchException answer) {
                return reason(answer.error());
            }
        }
        return "status " + status(failure);
    }

    static String reason(ErrorCause error) {
        ErrorCause last = error;
        while (last.causedBy() != null) {
            last = last.causedBy();
        }
        if (last == error && !error.rootCause().isEmpty()) {
            last = error.rootCause().getFirst();
        }
        return last.reason() == null ? String.valueOf(last.type()) : last.reason();
    }
}
