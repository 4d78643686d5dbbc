package dev.andiron.server.export;

import dev.andiron.server.job.BlobOutput;
import dev.andiron.server.job.JobContext;
import dev.andiron.spi.blob.BlobName;
import dev.andiron.spi.blob.BlobStore;

import java.util.Arrays;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A file of lines that is begun with its first line. Used by one thread; closing drops what was not
 * finished.
 */
final class PartWriter implements AutoCloseable {
    private static final int BUFFER = 1 << 16;

    private final JobContext context;
    private final BlobStore blobs;
    private final ExportState.Content content;
    private final String type;
    private final Supplier<String> names;
    private final byte[] buffer = new byte[BUFFER];
    private int buffered;
    private BlobOutput out;
    private String name = "";
    private long count;
    private long size;

    /**
     * @param names gives the file its name
     */
    PartWriter(
            JobContext context,
            BlobStore blobs,
            ExportState.Content content,
            String type,
            Supplier<String> names) {
        this.context = context;
        this.blobs = blobs;
        this.content = content;
        this.type = type;
        this.names = names;
    }

    /** Its bytes so far. */
    long size() {
        return size;
    }

    /** Adds a JSON text as a line; line ends between its tokens are left out. */
    void line(byte[] json) {
        if (out == null) {
            name = names.get();
            out =
                    new BlobOutput(
                            blobs.write(context.tenant(), new BlobName(context.job().id(), name)));
        }
        byte[] line = hasLineEnd(json) ? withoutLineEnds(json) : json;
        if (line.length >= BUFFER - buffered) {
            flush();
        }
        if (line.length >= BUFFER) {
            out.write(line, 0, line.length);
        } else {
            System.arraycopy(line, 0, buffer, buffered, line.length);
            buffered += line.length;
        }
        buffer[buffered++] = '\n';
        count++;
        size += line.length + 1L;
    }

    /** Each call into a backend costs something, whatever it carries. */
    private void flush() {
        out.write(buffer, 0, buffered);
        buffered = 0;
    }

    private static boolean hasLineEnd(byte[] json) {
        for (byte each : json) {
            if (each == '\n' || each == '\r') {
                return true;
            }
        }
        return false;
    }

    /** Within strings line ends are escaped, so these are all. */
    private static byte[] withoutLineEnds(byte[] json) {
        var kept = new byte[json.length];
        int length = 0;
        for (byte each : json) {
            if (each != '\n' && each != '\r') {
                kept[length++] = each;
            }
        }
        return Arrays.copyOf(kept, length);
    }

    /**
     * Finishes the file; another may be begun then.
     *
     * @return empty if it has no line
     */
    Optional<ExportState.File> finish() {
        if (out == null) {
            return Optional.empty();
        }
        flush();
        if (!out.finish()) {
            throw new IllegalStateException("an output file of this attempt is there already");
        }
        out.close();
        out = null;
        var file = new ExportState.File(content, type, name, count, size, false);
        count = 0;
        size = 0;
        return Optional.of(file);
    }

    @Override
    public void close() {
        if (out != null) {
            out.close();
            out = null;
            buffered = 0;
        }
    }
}
