package dev.andiron.fhir.definition;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPInputStream;

/** The files of a FHIR package: a gzipped tar of one resource a file. */
public final class PackageFiles {
    /** The standard's package for R5, as HAPI packs it. */
    public static final String R5 = "/org/hl7/fhir/r5/packages/hl7.fhir.r5.core-5.0.0.tgz";

    private static final int BLOCK = 512;

    private PackageFiles() {}

    /** Takes a file. */
    public interface Taker {
        void take(String name, byte[] content) throws IOException;
    }

    /** Gives all files of a package on the class path. */
    public static void read(String path, Taker taker) throws IOException {
        try (InputStream packed = PackageFiles.class.getResourceAsStream(path);
                var tar = new GZIPInputStream(packed)) {
            for (byte[] header = tar.readNBytes(BLOCK);
                    header.length == BLOCK && header[0] != 0;
                    header = tar.readNBytes(BLOCK)) {
                String name = text(header, 0, 100);
                int size = Integer.parseInt(text(header, 124, 12).strip(), 8);
                byte[] content = tar.readNBytes(size);
                tar.skipNBytes((BLOCK - size % BLOCK) % BLOCK);
                taker.take(name, content);
            }
        }
    }

    private static String text(byte[] header, int start, int length) {
        String field = new String(header, start, length, StandardCharsets.US_ASCII);
        int end = field.indexOf('\0');
        return end < 0 ? field : field.substring(0, end);
    }
}
