package dev.andiron.server.cli.load;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.zip.GZIPInputStream;

/**
 * A file to load.
 *
 * @param path where it is
 * @param size its length on disk in bytes
 * @param form what it holds, by its name
 * @param gzip whether it is compressed
 */
record LoadFile(Path path, long size, Form form, boolean gzip) {

    /** What a file holds. */
    enum Form {
        JSON,
        NDJSON
    }

    private static final int BUFFER = 1 << 16;

    /** Whether the loader knows what to do with a file of this name. */
    static boolean isLoadable(Path path) {
        String name = plainName(path);
        return name.endsWith(".json") || name.endsWith(".ndjson");
    }

    static LoadFile of(Path path) throws IOException {
        return new LoadFile(
                path,
                Files.size(path),
                plainName(path).endsWith(".ndjson") ? Form.NDJSON : Form.JSON,
                fileName(path).endsWith(".gz"));
    }

    /**
     * Files of a higher stage are sent when all of a lower stage have been answered. Synthea's
     * patients refer to its hospitals and practitioners by conditional references, and its
     * practitioners to its hospitals.
     */
    int stage() {
        String name = fileName(path);
        if (name.startsWith("hospital")) {
            return 0;
        }
        return name.startsWith("practitioner") ? 1 : 2;
    }

    /** Opens the file's text; the caller closes it. */
    InputStream open() throws IOException {
        InputStream raw = Files.newInputStream(path);
        try {
            return gzip
                    ? new BufferedInputStream(new GZIPInputStream(raw, BUFFER), BUFFER)
                    : new BufferedInputStream(raw, BUFFER);
        } catch (IOException e) {
            raw.close();
            throw e;
        }
    }

    private static String fileName(Path path) {
        return path.getFileName().toString().toLowerCase(Locale.ROOT);
    }

    private static String plainName(Path path) {
        String name = fileName(path);
        return name.endsWith(".gz") ? name.substring(0, name.length() - 3) : name;
    }
}
