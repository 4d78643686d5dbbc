package dev.andiron.sqlite;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;

/**
 * The resources in a folder of Synthea's transaction bundles ({@code *.json.gz}) as compact JSON,
 * roughly in the form that a server stores. Input of the benchmark and of the dictionary.
 */
final class SyntheaResources {
    private static final String MEMBER = "\"resource\":{";

    /** Depth of the bundle, its entries, one entry. */
    private static final int DEPTH = 3;

    private SyntheaResources() {}

    static List<byte[]> read(Path folder) throws IOException {
        var resources = new ArrayList<byte[]>();
        try (var files = Files.list(folder)) {
            files.filter(file -> file.toString().endsWith(".json.gz"))
                    .sorted()
                    .forEach(file -> split(compact(text(file)), resources));
        }
        return resources;
    }

    private static String text(Path file) {
        try (var in = new GZIPInputStream(Files.newInputStream(file))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String compact(String json) {
        var out = new StringBuilder(json.length());
        boolean inString = false;
        for (int i = 0; i < json.length(); i++) {
            char c = json.charAt(i);
            if (inString && c == '\\') {
                out.append(c);
                i++;
                c = json.charAt(i);
            } else if (c == '"') {
                inString = !inString;
            }
            if (inString || !Character.isWhitespace(c)) {
                out.append(c);
            }
        }
        return out.toString();
    }

    private static void split(String bundle, List<byte[]> resources) {
        int depth = 0;
        int start = -1;
        boolean inString = false;
        for (int i = 0; i < bundle.length(); i++) {
            char c = bundle.charAt(i);
            if (inString) {
                if (c == '\\') {
                    i++;
                } else if (c == '"') {
                    inString = false;
                }
            } else if (c == '"') {
                inString = true;
                if (depth == DEPTH && bundle.startsWith(MEMBER, i)) {
                    start = i + MEMBER.length() - 1;
                }
            } else if (c == '{' || c == '[') {
                depth++;
            } else if (c == '}' || c == ']') {
                depth--;
                if (start >= 0 && depth == DEPTH) {
                    resources.add(stored(bundle.substring(start, i + 1)));
                    start = -1;
                }
            }
        }
    }

    private static byte[] stored(String resource) {
        return resource.replace("urn:uuid:", "Patient/")
                .replaceFirst(
                        "\"meta\":\\{|(?=\"(?:status|identifier|text)\":)",
                        "\"meta\":{\"versionId\":\"1\",\"lastUpdated\":\"2026-01-01T00:00:00.000Z\"},")
                .getBytes(StandardCharsets.UTF_8);
    }
}
