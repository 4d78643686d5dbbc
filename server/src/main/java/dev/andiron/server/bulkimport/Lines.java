package dev.andiron.server.bulkimport;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/** Cuts a stream into lines, each bounded. Used by one thread. */
public final class Lines {
    private static final int BUFFER = 1 << 16;

    private final InputStream in;
    private final int longest;
    private final byte[] buffer = new byte[BUFFER];
    private int start;
    private int end;
    private long offset;
    private long line;
    private boolean tooLong;

    /**
     * Goes on behind what was read before.
     *
     * @param in stands at {@code offset}
     * @param longest how many bytes a line may have
     */
    public Lines(InputStream in, int longest, long offset, long line) {
        this.in = in;
        this.longest = longest;
        this.offset = offset;
        this.line = line;
    }

    /** Bytes that the lines so far take, their ends included. */
    public long offset() {
        return offset;
    }

    /** The number of the last line, from 1. */
    public long line() {
        return line;
    }

    /** Whether the last line was longer than allowed: then it is empty. */
    public boolean wasTooLong() {
        return tooLong;
    }

    /** The next line without its end; null at the end of the stream. */
    public byte[] next() throws IOException {
        tooLong = false;
        if (start == end && !fill()) {
            return null;
        }
        line++;
        int stop = find();
        if (stop < end) {
            byte[] whole = Arrays.copyOfRange(buffer, start, stop);
            offset += stop + 1L - start;
            start = stop + 1;
            return bounded(whole);
        }
        return joined();
    }

    private byte[] bounded(byte[] whole) {
        tooLong = whole.length > longest;
        return tooLong ? new byte[0] : whole;
    }

    /** A line that goes over the end of the buffer. */
    private byte[] joined() throws IOException {
        var parts = new ByteArrayOutputStream(2 * BUFFER);
        while (true) {
            int stop = find();
            take(parts, stop);
            offset += (long) stop - start;
            start = stop;
            if (stop < end) {
                offset++;
                start++;
                break;
            }
            if (!fill()) {
                break;
            }
        }
        return tooLong ? new byte[0] : parts.toByteArray();
    }

    private void take(ByteArrayOutputStream parts, int stop) {
        if (tooLong || parts.size() + stop - start > longest) {
            tooLong = true;
            parts.reset();
        } else {
            parts.write(buffer, start, stop - start);
        }
    }

    private int find() {
        int at = start;
        while (at < end && buffer[at] != '\n') {
            at++;
        }
        return at;
    }

    private boolean fill() throws IOException {
        int read = in.read(buffer, 0, BUFFER);
        start = 0;
        end = Math.max(read, 0);
        return read > 0;
    }
}
