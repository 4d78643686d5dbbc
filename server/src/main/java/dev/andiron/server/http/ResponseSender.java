package dev.andiron.server.http;

import dev.andiron.fhir.format.XmlFormat;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.fhir.json.JsonWriter;
import dev.andiron.server.interaction.Content;
import dev.andiron.server.interaction.Download;
import dev.andiron.server.interaction.EntityTags;
import dev.andiron.server.interaction.FhirResponse;
import dev.andiron.spi.resource.ResourceHead;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;

/** Writes an answer in the format and encoding that the client asked for. */
final class ResponseSender {
    /** Smaller answers are sent as they are: compression would not make them fewer packets. */
    private static final int SMALLEST_COMPRESSED = 1024;

    /** Larger ones are compressed while they are sent, without a length known in front. */
    private static final int LARGEST_BUFFERED = 1 << 20;

    private final XmlFormat xml;
    private final boolean compress;

    ResponseSender(XmlFormat xml, boolean compress) {
        this.xml = xml;
        this.compress = compress;
    }

    /**
     * Sends an answer.
     *
     * @return the number of bytes of its body, before compression
     */
    long send(
            HttpServletRequest request,
            HttpServletResponse response,
            FhirResponse answer,
            ResponseFormat format)
            throws IOException {
        Optional<Content.Entries> pieces = answer.content().flatMap(body -> pieces(body, format));
        Content content =
                pieces.isPresent()
                        ? null
                        : answer.content().map(body -> formatted(body, format)).orElse(null);
        response.setStatus(answer.status());
        for (Map.Entry<String, String> field : answer.headers().entrySet()) {
            response.setHeader(field.getKey(), field.getValue());
        }
        if (answer.version().isPresent()) {
            ResourceHead version = answer.version().get();
            response.setHeader("ETag", EntityTags.of(version.version()));
            response.setDateHeader("Last-Modified", version.lastUpdated().toEpochMilli());
        }
        if (answer.location().isPresent()) {
            response.setHeader("Location", answer.location().get());
        }
        if (answer.download().isPresent()) {
            try (Download download = answer.download().get()) {
                return send(request, response, download);
            }
        }
        if (answer.content().isPresent() || answer.status() == 304) {
            response.addHeader("Vary", compress ? "Accept, Accept-Encoding" : "Accept");
        }
        if (pieces.isPresent()) {
            response.setContentType(format.contentType());
            var bundle = new FormattedBundle(xml, format);
            boolean gzipped = compress && acceptsGzip(request);
            return streamed(request, response, gzipped, out -> bundle.write(pieces.get(), out));
        }
        if (content == null) {
            response.setContentType(null);
            if (answer.status() != 204 && answer.status() != 304) {
                response.setContentLengthLong(0);
            }
            return 0;
        }
        response.setContentType(format.contentType());
        body(request, response, content);
        return content.length();
    }

    private long send(HttpServletRequest request, HttpServletResponse response, Download download)
            throws IOException {
        response.setContentType(download.mediaType());
        response.addHeader("Vary", compress ? "Accept, Accept-Encoding" : "Accept");
        boolean gzipped = compress && !download.isCompressed() && acceptsGzip(request);
        if (gzipped) {
            // Other bytes, hence another tag; and ranges are of the bytes as they are stored.
            String tag = response.getHeader("ETag");
            if (tag != null) {
                response.setHeader("ETag", tag.replaceFirst("\"$", "-gzip\""));
            }
        } else if (download.length().isPresent()) {
            response.setContentLengthLong(download.length().getAsLong());
        }
        return streamed(request, response, gzipped, download::writeTo);
    }

    /** What is made while it is sent. */
    private interface Body {
        void writeTo(OutputStream out) throws IOException;
    }

    private long streamed(
            HttpServletRequest request, HttpServletResponse response, boolean gzipped, Body body)
            throws IOException {
        if (gzipped) {
            response.setHeader("Content-Encoding", "gzip");
        }
        if (request.getMethod().equals("HEAD")) {
            return 0;
        }
        var counted = new CountedOutput(response.getOutputStream());
        try {
            if (gzipped) {
                // What the writer flushes must reach the client, not wait for a full block.
                compressing(body, new GZIPOutputStream(counted, 8192, true));
            } else {
                body.writeTo(counted);
            }
        } catch (RuntimeException e) {
            if (response.isCommitted()) {
                throw new IOException("the answer is cut off: " + e.getMessage(), e);
            }
            response.resetBuffer();
            for (String field : List.of("Content-Encoding", "Content-Length", "ETag")) {
                response.setHeader(field, null);
            }
            throw e;
        }
        return counted.count();
    }

    /** A large bundle in another format than ours is written by its entries. */
    private static Optional<Content.Entries> pieces(Content content, ResponseFormat format) {
        boolean isLarge = content.length() > LARGEST_BUFFERED;
        return isLarge && (format.xml() || format.pretty())
                ? content.entries().filter(bundle -> !bundle.all().isEmpty())
                : Optional.empty();
    }

    private Content formatted(Content content, ResponseFormat format) {
        if (format.xml()) {
            return Content.of(
                    List.of(xml.write(JsonReader.readObject(content.bytes()), format.pretty())));
        }
        if (format.pretty()) {
            return Content.of(List.of(JsonWriter.pretty(JsonReader.read(content.bytes()))));
        }
        return content;
    }

    private void body(HttpServletRequest request, HttpServletResponse response, Content content)
            throws IOException {
        boolean head = request.getMethod().equals("HEAD");
        if (!compress || content.length() < SMALLEST_COMPRESSED || !acceptsGzip(request)) {
            response.setContentLengthLong(content.length());
            if (!head) {
                content.writeTo(response.getOutputStream());
            }
            return;
        }
        response.setHeader("Content-Encoding", "gzip");
        if (content.length() <= LARGEST_BUFFERED) {
            byte[] gzipped = content.gzipped();
            response.setContentLength(gzipped.length);
            if (!head) {
                response.getOutputStream().write(gzipped);
            }
        } else if (!head) {
            compressing(content::writeTo, new GZIPOutputStream(response.getOutputStream(), 8192));
        }
    }

    /** Ends the stream only if all was written: an answer that breaks off must not look whole. */
    @SuppressWarnings("resource") // what is not ended is left to the collector
    private static void compressing(Body body, GZIPOutputStream gzip) throws IOException {
        body.writeTo(gzip);
        gzip.close();
    }

    private static boolean acceptsGzip(HttpServletRequest request) {
        String accepted = request.getHeader("Accept-Encoding");
        if (accepted == null) {
            return false;
        }
        for (String coding : accepted.split(",")) {
            String stripped = coding.strip().replace(" ", "");
            if (stripped.startsWith("gzip") || stripped.startsWith("*")) {
                return !stripped.endsWith(";q=0") && !stripped.endsWith(";q=0.0");
            }
        }
        return false;
    }
}
