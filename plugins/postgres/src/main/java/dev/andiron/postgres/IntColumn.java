package dev.andiron.postgres;

import dev.andiron.postgres.Session.SqlArray;

import java.util.Arrays;
import java.util.Objects;

/** A column of whole numbers that grows. For one thread. */
final class IntColumn {
    private int[] values = new int[16];
    private int size;

    void add(int value) {
        if (size == values.length) {
            values = Arrays.copyOf(values, size * 2);
        }
        values[size++] = value;
    }

    int get(int index) {
        return values[Objects.checkIndex(index, size)];
    }

    SqlArray array() {
        return new SqlArray("int4", Arrays.copyOf(values, size));
    }
}
