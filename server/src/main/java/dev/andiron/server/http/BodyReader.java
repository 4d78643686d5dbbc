package dev.andiron.server.http;

import dev.andiron.fhir.outcome.FhirException;

import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/** Reads request bodies, bounded before and after decompression. */
final class BodyReader {
    private static final long LEAST_DISCARDED = 8L << 20;

    /** How long a client that still owes some of a refused body may send nothing. */
    private static final Duration PATIENCE = Duration.ofMillis(500);

    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(1);

    private final long maxBody;
    private final long maxDecompressed;

    BodyReader(long maxBody, long maxDecompressed) {
        this.maxBody = maxBody;
        this.maxDecompressed = maxDecompressed;
    }

    /**
     * The whole body; empty if there is none.
     *
     * @throws FhirException 413 if it is too large, 415 for an encoding other than gzip, 400 for
     *     broken gzip or a connection that ended early
     */
    byte[] read(HttpServletRequest request) {
        long declared = request.getContentLengthLong();
        if (declared == 0) {
            return new byte[0];
        }
        if (declared > maxBody) {
            throw tooLarge("is", maxBody);
        }
        String encoding = request.getHeader("Content-Encoding");
        try {
            InputStream in = request.getInputStream();
            if (encoding == null || encoding.equalsIgnoreCase("identity")) {
                return declared > 0 ? exactly(in, (int) declared) : upTo(in, maxBody, "is");
            }
            return switch (encoding.strip().toLowerCase(Locale.ROOT)) {
                case "gzip", "x-gzip" -> unpacked(in);
                default -> throw unknownEncoding(encoding);
            };
        } catch (ZipException | EOFException e) {
            throw new FhirException(400, "structure", "The body is not complete, valid gzip.");
        } catch (IOException e) {
            throw new FhirException(400, "incomplete", "The body did not arrive completely.");
        }
    }

    /**
     * A body of any length as it arrives, gzip as it is.
     *
     * @param arrival is told each time that another MiB has come
     * @throws FhirException 415 for an encoding other than gzip
     */
    InputStream stream(HttpServletRequest request, Runnable arrival) {
        String encoding = request.getHeader("Content-Encoding");
        if (encoding != null
                && !Set.of("identity", "gzip", "x-gzip")
                        .contains(encoding.strip().toLowerCase(Locale.ROOT))) {
            throw unknownEncoding(encoding);
        }
        try {
            return new ArrivingInput(request.getInputStream(), arrival);
        } catch (IOException e) {
            throw new FhirException(400, "incomplete", "The body did not arrive completely.");
        }
    }

    private static FhirException unknownEncoding(String encoding) {
        return new FhirException(
                415,
                "not-supported",
                "The Content-Encoding '" + encoding + "' is not here; gzip is.");
    }

    /**
     * Reads what is left of a refused body and forgets it. A connection that is closed while the
     * client still sends is reset, and the client never sees why; so the answer waits for the end
     * of the body, within bounds of size and of patience.
     */
    void discardRest(HttpServletRequest request) {
        boolean withoutBody =
                request.getContentLengthLong() <= 0
                        && request.getHeader("Transfer-Encoding") == null;
        if (withoutBody || request.getHeader("Expect") != null) {
            return;
        }
        try {
            ServletInputStream in = request.getInputStream();
            long declared = request.getContentLengthLong();
            long bound = Math.max(maxBody, LEAST_DISCARDED);
            long left = declared > 0 ? Math.min(declared, bound) : bound;
            var buffer = new byte[16 * 1024];
            long lastArrival = System.nanoTime();
            while (left > 0 && !in.isFinished()) {
                if (in.available() > 0) {
                    left -= Math.max(in.read(buffer), 0);
                    lastArrival = System.nanoTime();
                } else if (System.nanoTime() - lastArrival > PATIENCE.toNanos()) {
                    return;
                } else {
                    LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
                }
            }
        } catch (IOException e) {
            // The client has gone; the answer is tried all the same.
        }
    }

    private static byte[] exactly(InputStream in, int length) throws IOException {
        byte[] body = in.readNBytes(length);
        // One more read sees the end, by which a refusal knows that nothing is left.
        if (body.length < length || in.read() >= 0) {
            throw new IOException("the body has another length than was said");
        }
        return body;
    }

    private byte[] unpacked(InputStream in) throws IOException {
        var gzip = new GZIPInputStream(new BoundedInput(in, maxBody), 8192);
        byte[] body = upTo(gzip, maxDecompressed, "decompresses to");
        if (in.read() >= 0) {
            throw new ZipException("there is more behind the end");
        }
        return body;
    }

    private static byte[] upTo(InputStream in, long limit, String verb) throws IOException {
        byte[] body = in.readNBytes((int) Math.min(limit + 1, Integer.MAX_VALUE - 16));
        if (body.length > limit) {
            throw tooLarge(verb, limit);
        }
        return body;
    }

    private static FhirException tooLarge(String verb, long limit) {
        return new FhirException(
                413,
                "too-long",
                "The body %s more than the %d bytes that this server takes."
                        .formatted(verb, limit));
    }

    /** Ends with 413 where a chunked, compressed body grows over its bound. */
    private static final class BoundedInput extends InputStream {
        private final InputStream in;
        private final long limit;
        private long count;

        BoundedInput(InputStream in, long limit) {
            this.in = in;
            this.limit = limit;
        }

        @Override
        public int read() throws IOException {
            var one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            int read = in.read(buffer, offset, length);
            count += Math.max(read, 0);
            if (count > limit) {
                throw tooLarge("is", limit);
            }
            return read;
        }

        @Override
        public int available() throws IOException {
            return in.available();
        }
    }

    /** Whether a body is nothing but white space. */
    static boolean isBlank(byte[] body) {
        for (byte b : body) {
            if (b != ' ' && b != '\n' && b != '\r' && b != '\t') {
                return false;
            }
        }
        return true;
    }

    /** The body without a byte order mark, which JSON does not allow but editors write. */
    static byte[] withoutMark(byte[] body) {
        boolean marked =
                body.length >= 3
                        && body[0] == (byte) 0xEF
                        && body[1] == (byte) 0xBB
                        && body[2] == (byte) 0xBF;
        return marked ? Arrays.copyOfRange(body, 3, body.length) : body;
    }
}
