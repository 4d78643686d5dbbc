package dev.andiron.sqlite;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;

/**
 * Copies the members of a document that are wanted, without parsing the others: to look for the end
 * of a value is several times faster than to parse it. Documents are JSON objects that have been
 * checked before. Immutable.
 */
final class DocumentMembers {
    private static final byte[] ID = "\"id\"".getBytes(StandardCharsets.US_ASCII);

    /** With their quotes; empty for all. */
    private final Optional<byte[][]> wanted;

    /**
     * @param names of the members of the object; empty for all of them
     */
    DocumentMembers(Optional<Set<String>> names) {
        wanted =
                names.map(
                        set ->
                                set.stream()
                                        .map(
                                                name ->
                                                        ("\"" + name + "\"")
                                                                .getBytes(StandardCharsets.UTF_8))
                                        .toArray(byte[][]::new));
    }

    /** A document with the wanted members in their order. */
    byte[] of(byte[] document) {
        if (wanted.isEmpty()) {
            return document;
        }
        var kept = new byte[document.length];
        int length = 0;
        kept[length++] = '{';
        int at = JsonScan.space(document, JsonScan.space(document, 0) + 1);
        while (document[at] == '"') {
            int name = at;
            int nameEnd = JsonScan.string(document, at);
            int value = JsonScan.space(document, JsonScan.space(document, nameEnd) + 1);
            int end = JsonScan.value(document, value);
            if (isWanted(document, name, nameEnd)) {
                if (length > 1) {
                    kept[length++] = ',';
                }
                System.arraycopy(document, name, kept, length, end - name);
                length += end - name;
            }
            at = JsonScan.space(document, end);
            if (document[at] == ',') {
                at = JsonScan.space(document, at + 1);
            }
        }
        kept[length++] = '}';
        return Arrays.copyOf(kept, length);
    }

    private boolean isWanted(byte[] document, int from, int to) {
        for (byte[] name : wanted.orElseThrow()) {
            if (name.length == to - from
                    && Arrays.equals(document, from, to, name, 0, name.length)) {
                return true;
            }
        }
        // A name with escapes may be any.
        for (int i = from; i < to; i++) {
            if (document[i] == '\\') {
                return true;
            }
        }
        return false;
    }

    /** The logical id of a document; empty when it has none. */
    static Optional<String> id(byte[] document) {
        int at = JsonScan.space(document, JsonScan.space(document, 0) + 1);
        while (document[at] == '"') {
            int nameEnd = JsonScan.string(document, at);
            int value = JsonScan.space(document, JsonScan.space(document, nameEnd) + 1);
            int end = JsonScan.value(document, value);
            if (Arrays.equals(document, at, nameEnd, ID, 0, ID.length)) {
                return Optional.of(
                        new String(document, value + 1, end - value - 2, StandardCharsets.UTF_8));
            }
            at = JsonScan.space(document, end);
            if (document[at] == ',') {
                at = JsonScan.space(document, at + 1);
            }
        }
        return Optional.empty();
    }
}
