package dev.andiron.s3;

import dev.andiron.spi.StorageException;
import dev.andiron.spi.resource.Commit;
import dev.andiron.spi.resource.CommitResult;
import dev.andiron.spi.resource.FhirVersion;
import dev.andiron.spi.resource.Mutation;
import dev.andiron.spi.resource.StoredResource;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** A commit on its way into the log, and its caller who waits. */
final class PendingCommit {
    /** A commit that could not be written for so long is given up: its packs become garbage. */
    static final Duration LONGEST_WAIT = Duration.ofHours(1);

    private final long started = System.nanoTime();
    private final Commit commit;
    private final List<LogEntry.Draft> drafts;
    private final int inline;
    private final CompletableFuture<CommitResult> result = new CompletableFuture<>();

    /**
     * @param drafts its changes, contents packed
     */
    PendingCommit(Commit commit, List<LogEntry.Draft> drafts) {
        this.commit = commit;
        this.drafts = drafts;
        inline =
                drafts.stream()
                        .filter(draft -> draft.placed().isEmpty())
                        .mapToInt(draft -> draft.content().stored().length)
                        .sum();
    }

    /** A change with its content packed, which lies nowhere yet. */
    static LogEntry.Draft draft(Mutation mutation) {
        return switch (mutation) {
            case Mutation.Put put ->
                    version(
                            put.resource(),
                            LogRecord.Kind.PUT,
                            PackedContent.of(put.resource().content()));
            case Mutation.Delete delete ->
                    version(delete.resource(), LogRecord.Kind.DELETE, PackedContent.NONE);
            case Mutation.Purge purge ->
                    new LogEntry.Draft(
                            purge.key(),
                            LogRecord.Kind.PURGE,
                            0,
                            0,
                            FhirVersion.R4,
                            PackedContent.NONE,
                            Optional.empty());
            case Mutation.Index _ ->
                    throw new StorageException.NotSupported("the S3 plugin keeps no search values");
        };
    }

    private static LogEntry.Draft version(
            StoredResource resource, LogRecord.Kind kind, PackedContent content) {
        return new LogEntry.Draft(
                resource.key(),
                kind,
                resource.version(),
                resource.lastUpdated().toEpochMilli(),
                resource.fhirVersion(),
                content,
                Optional.empty());
    }

    Commit commit() {
        return commit;
    }

    List<LogEntry.Draft> drafts() {
        return drafts;
    }

    /** How many bytes of contents go into the log itself. */
    int inline() {
        return inline;
    }

    /** Whether it has waited too long to be written still. */
    boolean tooLate() {
        return System.nanoTime() - started > LONGEST_WAIT.toNanos();
    }

    void done(long position) {
        result.complete(new CommitResult(position));
    }

    void refuse(RuntimeException because) {
        result.completeExceptionally(because);
    }

    /** Waits for the end, also when the caller is interrupted: the commit cannot be called back. */
    CommitResult await() {
        return Parallel.join(result);
    }
}
