package dev.andiron.bench;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Generated patients and observations as files of transaction bundles, which any server takes. */
final class GeneratedBundles {
    /** Of a bundle, which has their patients too. */
    static final int OBSERVATIONS = 10 * SearchData.PER_PATIENT;

    private GeneratedBundles() {}

    /**
     * Writes them.
     *
     * @param folder a new one
     * @param from the first observation; a multiple of a bundle's thousand, as the last is
     * @return the files
     */
    static List<Path> write(Path folder, int from, int to) throws IOException {
        Files.createDirectories(folder);
        var files = new ArrayList<Path>();
        for (int first = from; first < to; first += OBSERVATIONS) {
            Path file = folder.resolve("bundle-%09d.json".formatted(first));
            files.add(file);
            try (BufferedWriter out = Files.newBufferedWriter(file)) {
                out.write("{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":[");
                var separator = new StringBuilder();
                SearchData.generate(
                        first,
                        Math.min(to, first + OBSERVATIONS),
                        (type, id, json) -> entry(out, separator, type + "/" + id, json));
                out.write("]}");
            }
        }
        return files;
    }

    private static void entry(
            BufferedWriter out, StringBuilder separator, String key, String json) {
        try {
            out.append(separator).append("\n{\"resource\":").append(json);
            out.append(",\"request\":{\"method\":\"PUT\",\"url\":\"").append(key).append("\"}}");
            separator.replace(0, separator.length(), ",");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
