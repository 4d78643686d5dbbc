package dev.andiron.fhir.search;

import dev.andiron.fhir.json.JsonString;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Texts in the form of {@link TextNormalizer}, parted by spaces. ASCII is normalised on its way
 * from the source's bytes, so that most texts cost no string of their own. For one thread.
 */
final class NormalizedTexts {
    private final int longest;
    private final Filter filter;
    private byte[] ascii = new byte[1024];
    private int length;

    /** All so far, once one of the texts is not ASCII. */
    private StringBuilder wide;

    /**
     * Without any text yet.
     *
     * @param longest how many characters of each text are taken
     * @param filter which texts are taken
     */
    NormalizedTexts(int longest, Filter filter) {
        this.longest = longest;
        this.filter = filter;
    }

    /** Judges a text by its characters in one byte each; those that have none are any byte. */
    interface Filter {
        boolean takes(byte[] text, int from, int end);
    }

    /** How many characters there are. */
    int length() {
        return wide == null ? length : wide.length();
    }

    /** Adds a text, unless the filter leaves it out. */
    void add(JsonString string) {
        int most = string.maximumLength();
        if (wide == null && most <= longest) {
            reserve(most + 1);
            int from = length + 1;
            int copied = string.copyAscii(ascii, from);
            if (copied >= 0) {
                if (filter.takes(ascii, from, from + copied)) {
                    fold(from, from + copied);
                }
                return;
            }
        }
        String value = string.value();
        String text = value.length() <= longest ? value : value.substring(0, longest);
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        if (filter.takes(bytes, 0, bytes.length)) {
            add(TextNormalizer.normalize(text));
        }
    }

    /** Adds a text that is normalised already. */
    void add(String normalized) {
        if (wide == null && TextNormalizer.isAscii(normalized)) {
            byte[] bytes = normalized.getBytes(StandardCharsets.ISO_8859_1);
            reserve(bytes.length + 1);
            System.arraycopy(bytes, 0, ascii, length + 1, bytes.length);
            fold(length + 1, length + 1 + bytes.length);
            return;
        }
        if (wide == null) {
            wide = new StringBuilder(length + normalized.length() + 1).append(this);
        }
        if (!wide.isEmpty() && !normalized.isEmpty()) {
            wide.append(' ');
        }
        wide.append(normalized);
    }

    private void fold(int from, int end) {
        int to = length == 0 ? 0 : length + 1;
        int folded = TextNormalizer.foldAscii(ascii, from, end, to);
        if (folded > to) {
            if (to > 0) {
                ascii[length] = ' ';
            }
            length = folded;
        }
    }

    private void reserve(int more) {
        if (length + more > ascii.length) {
            ascii = Arrays.copyOf(ascii, Math.max(length + more, ascii.length * 2));
        }
    }

    /** All texts. */
    @Override
    public String toString() {
        return wide == null
                ? new String(ascii, 0, length, StandardCharsets.ISO_8859_1)
                : wide.toString();
    }
}
