package dev.andiron.fhir.json;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Which members of an object are wanted, and which of theirs. Grown by one thread, then read by
 * many.
 */
public final class JsonNames {
    private String[] names = {};
    private byte[][] spelled = {};
    private JsonNames[] below = {};
    private boolean whole;

    /** The member of a name; wanted from now on. */
    public JsonNames member(String name) {
        for (int i = 0; i < names.length; i++) {
            if (names[i].equals(name)) {
                return below[i];
            }
        }
        int size = names.length;
        names = Arrays.copyOf(names, size + 1);
        spelled = Arrays.copyOf(spelled, size + 1);
        below = Arrays.copyOf(below, size + 1);
        names[size] = name.intern();
        spelled[size] = name.getBytes(StandardCharsets.UTF_8);
        below[size] = new JsonNames();
        return below[size];
    }

    /** Wants everything in it. */
    public void all() {
        whole = true;
    }

    boolean isWhole() {
        return whole;
    }

    int size() {
        return names.length;
    }

    /** The index of the name that stands in the source; -1 when it is not wanted. */
    int indexOf(byte[] source, int start, int end) {
        int length = end - start;
        for (int i = 0; i < spelled.length; i++) {
            byte[] name = spelled[i];
            if (name.length == length && Arrays.equals(name, 0, length, source, start, end)) {
                return i;
            }
        }
        return -1;
    }

    String name(int index) {
        return names[index];
    }

    JsonNames below(int index) {
        return below[index];
    }
}
