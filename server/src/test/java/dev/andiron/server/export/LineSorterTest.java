package dev.andiron.server.export;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Random;

class LineSorterTest {
    private static final long SEED = 4711;

    /** From all in memory to more runs than are merged at once. */
    @Test
    void linesComeInTheOrderOfTheirKeysHoweverFewFitIntoMemory() {
        var keys = new ArrayList<String>();
        for (int i = 10_000; i < 11_000; i++) {
            keys.add("key " + i);
        }
        Collections.shuffle(keys, new Random(SEED));
        for (long memory : List.of(1L << 20, 10_000L, 1_000L, 1L)) {
            try (var sorter = new LineSorter(memory)) {
                for (String key : keys) {
                    sorter.add(key, text(key));
                }
                Iterator<LineSorter.Line> sorted = sorter.sorted();
                for (String key : keys.stream().sorted().toList()) {
                    LineSorter.Line line = sorted.next();
                    assertEquals(key, line.key());
                    assertArrayEquals(text(key), line.text());
                }
                assertFalse(sorted.hasNext());
            }
        }
    }

    private static byte[] text(String key) {
        return ("{\"of\":\"" + key + "\"}").getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void nothingSortsToNothing() {
        try (var sorter = new LineSorter(1)) {
            assertFalse(sorter.sorted().hasNext());
        }
    }
}
