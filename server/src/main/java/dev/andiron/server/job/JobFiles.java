package dev.andiron.server.job;

import dev.andiron.fhir.outcome.FhirException;
import dev.andiron.fhir.outcome.Issue;
import dev.andiron.kernel.routing.Storage;
import dev.andiron.server.interaction.ByteRange;
import dev.andiron.server.interaction.FhirRequest;
import dev.andiron.server.interaction.FhirResponse;
import dev.andiron.spi.blob.Blob;
import dev.andiron.spi.blob.BlobName;
import dev.andiron.spi.blob.BlobReader;
import dev.andiron.spi.job.Job;
import dev.andiron.spi.job.JobId;
import dev.andiron.spi.job.JobState;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The output files of jobs, for whoever may see the job: those that belong to its result, and those
 * that its kind gives away before the end. Safe for use by many threads.
 */
public final class JobFiles {
    /** The segment of the files' URLs behind the base. */
    public static final String FILES = "$job-file";

    private static final String CONTENT_RANGE = "Content-Range";

    private final Storage storage;
    private final Map<String, JobKind> kinds;

    JobFiles(Storage storage, Map<String, JobKind> kinds) {
        this.storage = storage;
        this.kinds = Map.copyOf(kinds);
    }

    /** The URL of a file. */
    public static String url(FhirRequest request, JobId job, String part) {
        return request.base() + "/" + FILES + "/" + job + "/" + part;
    }

    /** A file. */
    public FhirResponse file(FhirRequest request) {
        String id = request.path().get(1);
        String part = request.path().get(2);
        if (!JobId.isWellFormed(id) || !BlobName.isWellFormed(part)) {
            throw unknown(id, part);
        }
        Job job =
                storage.jobs()
                        .read(request.tenant(), new JobId(id))
                        .filter(
                                found ->
                                        found.state() == JobState.COMPLETED
                                                || !found.state().ended())
                        .filter(found -> JobOwner.isFor(request, found))
                        .orElseThrow(() -> unknown(id, part));
        JobFileType type =
                Optional.ofNullable(kinds.get(job.kind()))
                        .flatMap(kind -> kind.fileType(job, part))
                        .orElseThrow(() -> unknown(id, part));
        var name = new BlobName(job.id(), part);
        Blob blob =
                storage.blobs().find(request.tenant(), name).orElseThrow(() -> unknown(id, part));
        String tag = "\"" + part + "\"";
        ByteRange.Part wanted =
                request.preferences()
                        .range()
                        .map(range -> range.of(blob.size(), tag))
                        .orElseGet(ByteRange.All::new);
        return (switch (wanted) {
                    case ByteRange.All() -> whole(request, blob, type);
                    case ByteRange.Some(long offset, long length) ->
                            some(request, blob, type, offset, length);
                    case ByteRange.None() -> none(blob);
                })
                .withHeader("ETag", tag)
                .withHeader("Accept-Ranges", "bytes");
    }

    private FhirResponse whole(FhirRequest request, Blob blob, JobFileType type) {
        BlobReader reader = read(request, blob, 0, blob.size());
        return FhirResponse.of(
                200, new BlobDownload(type.mediaType(), type.compressed(), blob.size(), reader));
    }

    private FhirResponse some(
            FhirRequest request, Blob blob, JobFileType type, long offset, long length) {
        BlobReader reader = read(request, blob, offset, length);
        return FhirResponse.of(206, new BlobDownload(type.mediaType(), true, length, reader))
                .withHeader(
                        CONTENT_RANGE,
                        "bytes %d-%d/%d".formatted(offset, offset + length - 1, blob.size()));
    }

    private static FhirResponse none(Blob blob) {
        return FhirResponse.outcome(
                        416,
                        List.of(
                                Issue.error(
                                        "value",
                                        "The file has %d bytes, and none in this range."
                                                .formatted(blob.size()))))
                .withHeader(CONTENT_RANGE, "bytes */" + blob.size());
    }

    private BlobReader read(FhirRequest request, Blob blob, long offset, long length) {
        return storage.blobs()
                .read(request.tenant(), blob.name(), offset, length)
                .orElseThrow(() -> unknown(blob.name().job().value(), blob.name().part()));
    }

    private static FhirException unknown(String id, String part) {
        return new FhirException(
                404, "not-found", "There is no file '%s' of a job '%s'.".formatted(part, id));
    }
}
