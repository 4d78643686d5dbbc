package dev.andiron.s3;

import dev.andiron.spi.StorageException;
import dev.andiron.spi.blob.BlobWriter;

import software.amazon.awssdk.services.s3.model.CompletedPart;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.UUID;

/** Writes a file: a short one at once, a long one in parts, of which it holds one. */
final class S3BlobWriter implements BlobWriter {
    private static final int PART = 8 << 20;
    private static final int MOST_PARTS = 10_000;
    private static final int START = 64 << 10;

    private final BlobUploads uploads;
    private final String key;
    private final String writer = UUID.randomUUID().toString();
    private final List<CompletedPart> parts = new ArrayList<>();
    private byte[] buffer = new byte[START];
    private int filled;
    private String upload = "";
    private boolean ended;

    S3BlobWriter(BlobUploads uploads, String key) {
        this.uploads = uploads;
        this.key = key;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        requireOpen();
        Objects.checkFromIndexSize(offset, length, bytes.length);
        int from = offset;
        int left = length;
        while (left > 0) {
            if (filled == PART) {
                sendPart();
            }
            int some = Math.min(left, PART - filled);
            if (filled + some > buffer.length) {
                buffer = Arrays.copyOf(buffer, Math.min(PART, Math.max(filled + some, filled * 2)));
            }
            System.arraycopy(bytes, from, buffer, filled, some);
            filled += some;
            from += some;
            left -= some;
        }
    }

    private void sendPart() {
        if (parts.size() == MOST_PARTS) {
            throw new StorageException.TooLarge(
                    "a file has at most %d MiB".formatted((long) MOST_PARTS * PART >> 20));
        }
        if (upload.isEmpty()) {
            upload = uploads.start(key, writer);
        }
        parts.add(uploads.part(key, upload, parts.size() + 1, Arrays.copyOf(buffer, filled)));
        filled = 0;
    }

    @Override
    public boolean finish() {
        requireOpen();
        if (upload.isEmpty()) {
            boolean created = uploads.create(key, writer, Arrays.copyOf(buffer, filled));
            ended = true;
            return created;
        }
        if (filled > 0) {
            sendPart();
        }
        boolean completed = uploads.complete(key, upload, writer, parts);
        if (!completed) {
            uploads.abort(key, upload);
        }
        ended = true;
        return completed;
    }

    private void requireOpen() {
        if (ended) {
            throw new IllegalStateException("the file is finished or given up");
        }
    }

    @Override
    public void close() {
        if (!ended) {
            ended = true;
            if (!upload.isEmpty()) {
                uploads.abort(key, upload);
            }
        }
    }
}
