package dev.andiron.fhir.validation;

import java.util.Arrays;

/** Where a walk stands: steps down from the resource, told as FHIRPath when asked. */
final class ElementPath {
    private static final int NO_INDEX = -1;

    private String[] names = new String[32];
    private int[] indexes = new int[32];
    private int depth;

    void push(String name) {
        if (depth == names.length) {
            names = Arrays.copyOf(names, depth * 2);
            indexes = Arrays.copyOf(indexes, depth * 2);
        }
        names[depth] = name;
        indexes[depth++] = NO_INDEX;
    }

    void index(int index) {
        indexes[depth - 1] = index;
    }

    void noIndex() {
        indexes[depth - 1] = NO_INDEX;
    }

    void pop() {
        depth--;
    }

    int depth() {
        return depth;
    }

    /** Such as {@code Patient.name[0].given[1]}. */
    @Override
    public String toString() {
        var text = new StringBuilder();
        for (int i = 0; i < depth; i++) {
            if (i > 0) {
                text.append('.');
            }
            text.append(names[i]);
            if (indexes[i] != NO_INDEX) {
                text.append('[').append(indexes[i]).append(']');
            }
        }
        return text.toString();
    }
}
