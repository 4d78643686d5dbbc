package dev.andiron.server.bulkimport;

import dev.andiron.spi.StorageException;
import dev.andiron.spi.blob.BlobName;
import dev.andiron.spi.blob.BlobReader;
import dev.andiron.spi.blob.BlobStore;
import dev.andiron.spi.job.JobId;
import dev.andiron.spi.tenant.TenantContext;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/** Opens the files of an import, wherever they are. Safe for use by many threads. */
final class SourceFiles {
    private static final int BUFFER = 1 << 16;

    private final ImportSettings settings;
    private final RemoteFiles remote;
    private final Optional<BlobStore> blobs;

    SourceFiles(ImportSettings settings, RemoteFiles remote, Optional<BlobStore> blobs) {
        this.settings = settings;
        this.remote = remote;
        this.blobs = blobs;
    }

    /**
     * An opened file.
     *
     * @param text its text, decompressed
     * @param mark what tells that it is the same another time; empty if nothing does
     */
    record Opened(InputStream text, String mark) {}

    /**
     * Opens a file at its beginning.
     *
     * @param job whose uploads are meant
     * @throws SourceException if it cannot be had
     * @throws IOException if it cannot be had just now
     */
    Opened open(TenantContext tenant, JobId job, ImportSource source) throws IOException {
        if (source.url().startsWith(ImportSource.UPLOAD)) {
            String url = source.url();
            String part = url.substring(ImportSource.UPLOAD.length(), url.indexOf('?'));
            return new Opened(unpacked(upload(tenant, new BlobName(job, part))), part);
        }
        return source.url().startsWith("file:") ? local(source.url()) : fetched(source);
    }

    private InputStream upload(TenantContext tenant, BlobName name) {
        BlobStore store = blobs.orElseThrow();
        return store.find(tenant, name)
                .flatMap(blob -> store.read(tenant, name, 0, blob.size()))
                .<InputStream>map(BlobInput::new)
                .orElseThrow(() -> new SourceException("The upload is not there any more."));
    }

    private Opened local(String url) throws IOException {
        Path file = require(settings, url);
        String mark = Files.size(file) + "@" + Files.getLastModifiedTime(file).toMillis();
        return new Opened(unpacked(Files.newInputStream(file)), mark);
    }

    /**
     * The files that a URL of a local file or folder stands for.
     *
     * @throws SourceException if it is none that may be read
     */
    static List<Path> expand(ImportSettings settings, String url) {
        Path path = require(settings, url);
        if (!Files.isDirectory(path)) {
            return List.of(path);
        }
        try (Stream<Path> below = Files.walk(path)) {
            List<Path> files =
                    below.filter(Files::isRegularFile)
                            .filter(SourceFiles::isImportable)
                            .sorted()
                            .limit(ImportSettings.MOST_SOURCES + 1L)
                            .toList();
            if (files.isEmpty()) {
                throw new SourceException(
                        "'%s' has no .ndjson or .json file, nor one with .gz behind that."
                                .formatted(url));
            }
            return files;
        } catch (IOException e) {
            throw new SourceException("'%s' cannot be read.".formatted(url));
        }
    }

    private static boolean isImportable(Path file) {
        return file.getFileName()
                .toString()
                .toLowerCase(Locale.ROOT)
                .matches(".*\\.(nd)?json(\\.gz)?");
    }

    /** The path of a local file, which lies in one of the folders whatever links say. */
    private static Path require(ImportSettings settings, String url) {
        if (settings.directories().isEmpty()) {
            throw new SourceException("This server reads no files: import.directories is empty.");
        }
        try {
            Path path = Path.of(URI.create(url)).toRealPath();
            for (Path directory : settings.directories()) {
                if (Files.isDirectory(directory) && path.startsWith(directory.toRealPath())) {
                    return path;
                }
            }
        } catch (IOException | IllegalArgumentException e) {
            // Whether a file is there is nobody's business outside the folders.
        }
        throw new SourceException(
                "'%s' is no file in one of the folders that import.directories names."
                        .formatted(url));
    }

    private Opened fetched(ImportSource source) throws IOException {
        HttpResponse<InputStream> answer =
                remote.get(
                        source.url(),
                        source.authorized(),
                        Map.of(
                                "Accept",
                                "application/fhir+ndjson, application/ndjson;q=0.9,"
                                        + " application/fhir+json;q=0.8, */*;q=0.1",
                                "Accept-Encoding",
                                "gzip"));
        int status = answer.statusCode();
        if (status != 200) {
            String said = RemoteFiles.beginning(answer);
            String message = "'%s' answers %d: %s".formatted(source.url(), status, said);
            if (status == 429 || status >= 500) {
                throw new IOException(message);
            }
            throw new SourceException(message);
        }
        String mark = answer.headers().firstValue("ETag").orElse("");
        return new Opened(unpacked(new StalledInput(answer.body(), settings.timeout())), mark);
    }

    /** Decompresses what is compressed, whatever it is called. */
    static InputStream unpacked(InputStream raw) throws IOException {
        try {
            var in = new BufferedInputStream(raw, BUFFER);
            in.mark(2);
            boolean gzip = in.read() == 0x1F && in.read() == 0x8B;
            in.reset();
            return gzip ? new GZIPInputStream(in, BUFFER) : in;
        } catch (IOException | RuntimeException e) {
            raw.close();
            throw e;
        }
    }

    /** An upload as a stream. */
    private static final class BlobInput extends InputStream {
        private final BlobReader reader;

        BlobInput(BlobReader reader) {
            this.reader = reader;
        }

        @Override
        public int read() throws IOException {
            var one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            try {
                return length == 0 ? 0 : reader.read(buffer, offset, length);
            } catch (StorageException.Corrupt e) {
                throw new SourceException("The upload is not there any more.");
            }
        }

        @Override
        public void close() {
            reader.close();
        }
    }
}
