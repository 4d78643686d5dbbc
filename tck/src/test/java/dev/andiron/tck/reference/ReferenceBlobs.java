package dev.andiron.tck.reference;

import dev.andiron.spi.blob.Blob;
import dev.andiron.spi.blob.BlobName;
import dev.andiron.spi.blob.BlobReader;
import dev.andiron.spi.blob.BlobStore;
import dev.andiron.spi.blob.BlobWriter;
import dev.andiron.spi.job.JobId;
import dev.andiron.spi.resource.Json;
import dev.andiron.spi.tenant.TenantContext;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Finished blobs in memory, each a record of the journal. */
public class ReferenceBlobs implements BlobStore {
    private final TreeMap<String, Finished> blobs = new TreeMap<>();
    private final Consumer<Record> journal;

    /** What the journal holds. */
    public record Finished(String tenant, String job, String part, Json bytes) {

        String path() {
            return folder(tenant, job) + part;
        }
    }

    /** What the journal holds of a job whose blobs were deleted. */
    public record Dropped(String tenant, String job) {}

    /** Blobs in a journal. */
    public ReferenceBlobs(Consumer<Record> journal) {
        this.journal = journal;
    }

    private static String folder(String tenant, String job) {
        return tenant + "/" + job + "/";
    }

    void replay(Finished blob) {
        blobs.put(blob.path(), blob);
    }

    void replay(Dropped dropped) {
        blobs.keySet().removeIf(path -> path.startsWith(folder(dropped.tenant(), dropped.job())));
    }

    /** Makes a blob visible, unless there is one. */
    protected synchronized boolean keep(Finished blob) {
        if (blobs.containsKey(blob.path())) {
            return false;
        }
        return replace(blob);
    }

    /** Makes a blob visible, in the place of one that is there. */
    protected final boolean replace(Finished blob) {
        journal.accept(blob);
        replay(blob);
        return true;
    }

    @Override
    public BlobWriter write(TenantContext tenant, BlobName name) {
        return new BlobWriter() {
            private final ByteArrayOutputStream out = new ByteArrayOutputStream();
            private boolean ended;

            @Override
            public void write(byte[] bytes, int offset, int length) {
                out.write(bytes, offset, length);
                written(tenant, name, out.toByteArray());
            }

            @Override
            public boolean finish() {
                if (ended) {
                    throw new IllegalStateException("the blob is finished");
                }
                ended = true;
                return keep(blob(tenant, name, out.toByteArray()));
            }

            @Override
            public void close() {
                ended = true;
            }
        };
    }

    /** Called with what an unfinished blob has. */
    protected void written(TenantContext tenant, BlobName name, byte[] bytes) {
        // Nobody sees it.
    }

    /** A blob as the journal holds it. */
    protected static Finished blob(TenantContext tenant, BlobName name, byte[] bytes) {
        return new Finished(
                tenant.tenant().value(), name.job().value(), name.part(), Json.of(bytes));
    }

    private Optional<Finished> get(TenantContext tenant, BlobName name) {
        return Optional.ofNullable(blobs.get(blob(tenant, name, new byte[0]).path()));
    }

    @Override
    public synchronized Optional<Blob> find(TenantContext tenant, BlobName name) {
        return get(tenant, name).map(blob -> new Blob(name, blob.bytes().length()));
    }

    @Override
    public synchronized Optional<BlobReader> read(
            TenantContext tenant, BlobName name, long offset, long length) {
        return get(tenant, name).map(blob -> reader(blob.bytes().bytes(), offset, length));
    }

    private static BlobReader reader(byte[] bytes, long offset, long length) {
        if (offset < 0 || offset > bytes.length || length < 0 || length > bytes.length - offset) {
            throw new IllegalArgumentException("the range is not within the blob");
        }
        var in = new ByteArrayInputStream(bytes, (int) offset, (int) length);
        return new BlobReader() {
            @Override
            public int read(byte[] buffer, int at, int most) {
                return in.read(buffer, at, most);
            }

            @Override
            public void close() {
                // Nothing is held.
            }
        };
    }

    @Override
    public synchronized List<Blob> list(TenantContext tenant, JobId job, String after, int limit) {
        String folder = folder(tenant.tenant().value(), job.value());
        return blobs.tailMap(folder + after, false).values().stream()
                .filter(blob -> blob.path().startsWith(folder))
                .limit(limit)
                .map(blob -> new Blob(new BlobName(job, blob.part()), blob.bytes().length()))
                .toList();
    }

    @Override
    public synchronized void delete(TenantContext tenant, JobId job) {
        Dropped dropped = new Dropped(tenant.tenant().value(), job.value());
        journal.accept(dropped);
        replay(dropped);
    }
}
