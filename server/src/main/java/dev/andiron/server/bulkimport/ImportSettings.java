package dev.andiron.server.bulkimport;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What an operator decides about imports.
 *
 * @param urls what may be fetched; empty means nothing
 * @param privateAddresses whether names may lead to addresses of private networks
 * @param directories the folders whose files may be read; empty means none
 * @param authorization the {@code Authorization} field for servers that want one
 * @param objects how objects of {@code s3:} URLs are read, if any may be
 * @param upload the largest upload, in bytes
 * @param line the longest line and the largest Bundle, in bytes
 * @param parallel how many batches are worked on at once
 * @param batch how many resources a batch has at most
 * @param stretch how long an import goes on between two checkpoints
 * @param timeout how long another server may let it wait
 */
public record ImportSettings(
        List<AllowedUrl> urls,
        boolean privateAddresses,
        List<Path> directories,
        Optional<String> authorization,
        Optional<ObjectAccess> objects,
        long upload,
        int line,
        int parallel,
        int batch,
        Duration stretch,
        Duration timeout) {
    /** How many files one import has at most. */
    static final int MOST_SOURCES = 10_000;

    public ImportSettings {
        urls = List.copyOf(urls);
        directories = List.copyOf(directories);
    }
}
