package dev.andiron.server.interaction;

import dev.andiron.fhir.outcome.FhirException;
import dev.andiron.fhir.outcome.Issue;
import dev.andiron.spi.StorageException;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.List;

/**
 * The one place where exceptions become answers: what the client did wrong keeps its words, what
 * the storage reports gets its status, and a defect is told without its insides.
 */
public final class Failures {
    private static final Logger LOG = LoggerFactory.getLogger(Failures.class);

    private static final int TOO_MANY_REQUESTS = 429;
    private static final Duration TRY_AGAIN = Duration.ofSeconds(10);

    private Failures() {}

    public static FhirResponse response(RuntimeException failure) {
        return switch (failure) {
            case FhirException e -> ofRequest(e);
            case StorageException e -> ofStorage(e);
            default -> {
                LOG.error("A request failed by a defect of the server", failure);
                yield outcome(500, "exception", "The server failed; its log says why.");
            }
        };
    }

    private static FhirResponse ofRequest(FhirException failure) {
        FhirResponse response = FhirResponse.outcome(failure.status(), failure.issues());
        return failure.status() == TOO_MANY_REQUESTS
                ? response.withHeader("Retry-After", Long.toString(TRY_AGAIN.toSeconds()))
                : response;
    }

    private static FhirResponse ofStorage(StorageException failure) {
        return switch (failure) {
            case StorageException.VersionConflict e -> outcome(409, "conflict", e.getMessage());
            case StorageException.PreconditionFailed e -> outcome(412, "conflict", e.getMessage());
            case StorageException.NotSupported e -> outcome(501, "not-supported", e.getMessage());
            case StorageException.Unprocessable e -> outcome(422, "processing", e.getMessage());
            case StorageException.NotPermitted e -> outcome(403, "forbidden", e.getMessage());
            case StorageException.Unavailable e -> unavailable(e);
            case StorageException.Timeout e -> logged(504, "timeout", e);
            case StorageException.OutOfSpace e -> logged(507, "no-store", e);
            case StorageException.TooLarge e -> outcome(413, "too-long", e.getMessage());
            case StorageException.LeaseLost e -> outcome(409, "conflict", e.getMessage());
            case StorageException.Corrupt e -> logged(500, "exception", e);
            case StorageException.Internal e -> {
                LOG.error("The storage failed", e);
                yield outcome(500, "exception", "The storage failed; the server's log says why.");
            }
        };
    }

    private static FhirResponse unavailable(StorageException.Unavailable failure) {
        LOG.warn("The storage is not available: {}", failure.getMessage());
        String message =
                failure.outcomeUnknown()
                        ? failure.getMessage() + " The write may have been applied."
                        : failure.getMessage();
        Duration wait = failure.retryAfter();
        return outcome(503, "transient", message)
                .withHeader("Retry-After", Long.toString(Math.max(1, wait.toSeconds())));
    }

    private static FhirResponse logged(int status, String code, StorageException failure) {
        LOG.warn("The storage failed: {}", failure.getMessage(), failure);
        return outcome(status, code, failure.getMessage());
    }

    private static FhirResponse outcome(int status, String code, String diagnostics) {
        return FhirResponse.outcome(status, List.of(Issue.error(code, diagnostics)));
    }
}
