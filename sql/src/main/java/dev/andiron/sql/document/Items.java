package dev.andiron.sql.document;

import java.util.Arrays;

/** Values that an expression gives, in order: {@link Part}s and values that were computed. */
final class Items {
    private Object[] items = new Object[4];
    private int size;

    void add(Object item) {
        if (size == items.length) {
            items = Arrays.copyOf(items, size * 2);
        }
        items[size++] = item;
    }

    int size() {
        return size;
    }

    Object get(int index) {
        return items[index];
    }
}
