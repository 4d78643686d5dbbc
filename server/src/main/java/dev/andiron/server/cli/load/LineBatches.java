package dev.andiron.server.cli.load;

import dev.andiron.server.bulkimport.TopLevel;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Cuts NDJSON into batch bundles: a resource with an id is updated under it (PUT), one without is
 * created (POST). Holds one batch at a time. Not safe for use by several threads.
 */
final class LineBatches {
    /** The most resources of a batch. */
    static final int MAX_ENTRIES = 500;

    /** A batch is sent when it is larger than this, in bytes. */
    static final int ENOUGH_BYTES = 4 << 20;

    /** The longest line, in bytes. */
    static final int MAX_LINE = 64 << 20;

    private static final byte[] START =
            utf8("{\"resourceType\":\"Bundle\",\"type\":\"batch\",\"entry\":[");
    private static final byte[] END = utf8("]}");

    private final LoadFile file;
    private final InputStream text;
    private final LoadTally tally;
    private long line;
    private long consumed;
    private long uncompressed;

    /**
     * Starts at the top of a file.
     *
     * @param text the file's text, closed by the caller
     * @param tally is told about the lines that are not sent because they are no resources
     */
    LineBatches(LoadFile file, InputStream text, LoadTally tally) {
        this.file = file;
        this.text = text;
        this.tally = tally;
    }

    /** The next batch; empty when there are no more lines. */
    Optional<Parcel> next() throws IOException {
        var body = new ByteArrayOutputStream(1 << 16);
        var origins = new ArrayList<String>();
        body.writeBytes(START);
        while (origins.size() < MAX_ENTRIES && body.size() < ENOUGH_BYTES) {
            byte[] resource = line();
            if (resource == null) {
                break;
            }
            if (!isBlank(resource)) {
                append(resource, body, origins);
            }
        }
        if (origins.isEmpty()) {
            return Optional.empty();
        }
        body.writeBytes(END);
        byte[] bytes = body.toByteArray();
        return Optional.of(
                new Parcel(
                        file.path().toString(),
                        () -> BodyPublishers.ofByteArray(bytes),
                        false,
                        progress(),
                        List.copyOf(origins)));
    }

    /** The bytes on disk that no batch stands for yet, once the end has been reached. */
    long rest() {
        return Math.max(0, file.size() - consumed);
    }

    private void append(byte[] resource, ByteArrayOutputStream body, List<String> origins) {
        String origin = file.path() + " line " + line;
        String request;
        try {
            Map<String, String> head = TopLevel.strings(resource, "resourceType", "id");
            String type = head.get("resourceType");
            if (type == null || !type.matches("[A-Za-z]{1,64}")) {
                throw new IOException("it has no resourceType");
            }
            String id = head.get("id");
            if (id == null) {
                request = "\"method\":\"POST\",\"url\":\"" + type + "\"";
            } else if (id.matches("[A-Za-z0-9.-]{1,64}")) {
                request = "\"method\":\"PUT\",\"url\":\"" + type + "/" + id + "\"";
            } else {
                throw new IOException("'" + id + "' is not an id");
            }
        } catch (IOException e) {
            tally.failed(origin, "not a resource: " + firstLine(e));
            return;
        }
        if (!origins.isEmpty()) {
            body.write(',');
        }
        body.writeBytes(utf8("{\"resource\":"));
        body.writeBytes(resource);
        body.writeBytes(utf8(",\"request\":{" + request + "}}"));
        origins.add(origin);
    }

    private byte[] line() throws IOException {
        var bytes = new ByteArrayOutputStream(4096);
        int next = text.read();
        if (next < 0) {
            return null;
        }
        line++;
        while (next >= 0 && next != '\n') {
            if (bytes.size() == MAX_LINE) {
                throw new IOException(
                        "line %d is longer than %d MiB".formatted(line, MAX_LINE >> 20));
            }
            bytes.write(next);
            next = text.read();
        }
        uncompressed += bytes.size() + 1;
        return bytes.toByteArray();
    }

    /** For a compressed file an estimate that never exceeds its size. */
    private long progress() {
        long position = file.gzip() ? uncompressed / 12 : uncompressed;
        long bounded = Math.min(position, file.size());
        long step = Math.max(0, bounded - consumed);
        consumed += step;
        return step;
    }

    private static boolean isBlank(byte[] line) {
        for (byte b : line) {
            if (b != ' ' && b != '\t' && b != '\r') {
                return false;
            }
        }
        return true;
    }

    static String firstLine(IOException problem) {
        String message = String.valueOf(problem.getMessage());
        return message.lines().findFirst().orElse(message);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
