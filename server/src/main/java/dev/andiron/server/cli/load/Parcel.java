package dev.andiron.server.cli.load;

import java.net.http.HttpRequest.BodyPublisher;
import java.util.List;
import java.util.function.Supplier;

/**
 * One request of a load: a bundle from a file, or a batch made from lines.
 *
 * @param origin where it comes from, for messages
 * @param body makes the body, again for each attempt
 * @param gzip whether the body is compressed
 * @param progress how many bytes of the file on disk it stands for
 * @param entryOrigins what each entry of a made batch is, for messages; empty for a bundle as it is
 */
record Parcel(
        String origin,
        Supplier<BodyPublisher> body,
        boolean gzip,
        long progress,
        List<String> entryOrigins) {

    /** Where an entry comes from. */
    String originOf(int entry) {
        return entry < entryOrigins.size() ? entryOrigins.get(entry) : origin + " entry " + entry;
    }
}
