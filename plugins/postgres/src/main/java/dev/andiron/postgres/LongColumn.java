package dev.andiron.postgres;

import dev.andiron.postgres.Session.SqlArray;

import java.util.Arrays;

/** A column of large whole numbers that grows. For one thread. */
final class LongColumn {
    private long[] values = new long[16];
    private int size;

    void add(long value) {
        if (size == values.length) {
            values = Arrays.copyOf(values, size * 2);
        }
        values[size++] = value;
    }

    int size() {
        return size;
    }

    SqlArray array() {
        return new SqlArray("int8", Arrays.copyOf(values, size));
    }
}
