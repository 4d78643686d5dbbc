package dev.andiron.server.cli.load;

import java.net.http.HttpRequest.BodyPublisher;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * One request of a load: a bundle from a file, or a batch made from lines.
 *
 * @param origin where it comes from, for messages
 * @param body makes the body, again for each attempt
 * @param gzip whether the body is compressed
 * @param progress how many bytes of the file on disk it stands for
 * @param entryOrigins what each entry of a made batch is, for messages; empty for a bundle as it is
 * @param lines where it goes if it is no bundle but lines to be imported, which may be sent twice
 */
record Parcel(
        String origin,
        Supplier<BodyPublisher> body,
        boolean gzip,
        long progress,
        List<String> entryOrigins,
        Optional<LinePath> lines) {

    /**
     * Where lines go, for their import.
     *
     * @param path behind the base, with its query
     */
    record LinePath(String path) {}

    Parcel(
            String origin,
            Supplier<BodyPublisher> body,
            boolean gzip,
            long progress,
            List<String> entryOrigins) {
        this(origin, body, gzip, progress, entryOrigins, Optional.empty());
    }

    /** Where an entry comes from. */
    String originOf(int entry) {
        return entry < entryOrigins.size() ? entryOrigins.get(entry) : origin + " entry " + entry;
    }
}
