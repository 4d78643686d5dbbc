package dev.andiron.server.cli.load;

import dev.andiron.server.bulkimport.Lines;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLEncoder;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * Cuts NDJSON into pieces that a server imports, always at the same lines, so that an interrupted
 * load finds its pieces again. Holds one at a time. Not safe for use by several threads.
 */
final class LineParcels {
    /** The most lines of a parcel. */
    static final int MAX_LINES = 1_000;

    /** A parcel is sent when it is larger than this, in bytes. */
    static final int ENOUGH_BYTES = 4 << 20;

    private final LoadFile file;
    private final Lines lines;
    private final LoadTally tally;
    private long consumed;

    /**
     * Starts at the top of a file.
     *
     * @param text the file's text, closed by the caller
     * @param tally is told about lines that are too long to be sent
     */
    LineParcels(LoadFile file, InputStream text, LoadTally tally) {
        this.file = file;
        this.tally = tally;
        lines = new Lines(text, LineBatches.MAX_LINE, 0, 0);
    }

    /**
     * A piece of a file.
     *
     * @param first the number of its first line
     * @param parcel the request
     */
    record Piece(long first, Parcel parcel) {}

    /** The next piece; empty when there are no more lines. */
    Optional<Piece> next() throws IOException {
        long first = lines.line() + 1;
        var body = new ByteArrayOutputStream(1 << 16);
        int count = 0;
        while (count < MAX_LINES && body.size() < ENOUGH_BYTES) {
            byte[] line = lines.next();
            if (line == null) {
                break;
            }
            count++;
            if (lines.wasTooLong()) {
                tally.failed(
                        file.path().toString(),
                        "line %d: longer than %d MiB"
                                .formatted(lines.line(), LineBatches.MAX_LINE >> 20));
            }
            body.writeBytes(line);
            body.write('\n');
        }
        if (count == 0) {
            return Optional.empty();
        }
        byte[] bytes = body.toByteArray();
        String path =
                "/$import?source=%s&line=%d"
                        .formatted(
                                URLEncoder.encode(
                                        file.path().getFileName().toString(),
                                        StandardCharsets.UTF_8),
                                first);
        return Optional.of(
                new Piece(
                        first,
                        new Parcel(
                                file.path().toString(),
                                () -> BodyPublishers.ofByteArray(bytes),
                                false,
                                progress(),
                                List.of(),
                                Optional.of(new Parcel.LinePath(path)))));
    }

    /** The bytes on disk that no piece stands for yet, once the end has been reached. */
    long rest() {
        return Math.max(0, file.size() - consumed);
    }

    /** For a compressed file an estimate that never exceeds its size. */
    private long progress() {
        long position = file.gzip() ? lines.offset() / 12 : lines.offset();
        long step = Math.max(0, Math.min(position, file.size()) - consumed);
        consumed += step;
        return step;
    }
}
