package dev.andiron.elasticsearch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.spi.StorageException;

import org.junit.jupiter.api.Test;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Function;

/** Texts are in the order of the numbers and instants that they stand for. */
class SortableTextTest {
    private static final long SEED = 4_711;

    @Test
    void numbersKeepTheirOrder() {
        var random = new Random(SEED);
        var numbers = new ArrayList<BigDecimal>();
        for (String each :
                List.of("0", "1", "-1", "0.1", "10", "9.99", "100", "-0.05", "1E+308", "-1E+308")) {
            numbers.add(new BigDecimal(each));
        }
        for (int i = 0; i < 300; i++) {
            int scale = random.nextInt(10) == 0 ? random.nextInt(2_000) - 1_000 : random.nextInt(9);
            var number = new BigDecimal(new BigInteger(1 + random.nextInt(80), random), scale);
            numbers.add(random.nextBoolean() ? number : number.negate());
        }
        assertSameOrder(numbers, SortableText::of);
    }

    @Test
    void equalNumbersAreEqualTexts() {
        assertEquals(
                SortableText.of(new BigDecimal("5.0")), SortableText.of(new BigDecimal("5.000")));
        assertEquals(SortableText.of(new BigDecimal("0.0")), SortableText.of(BigDecimal.ZERO));
        assertEquals(
                SortableText.of(new BigDecimal("1E+3")), SortableText.of(new BigDecimal("1000")));
    }

    @Test
    void exponentsHaveABound() {
        var huge = new BigDecimal(BigInteger.TEN, Integer.MIN_VALUE);
        assertThrows(StorageException.TooLarge.class, () -> SortableText.of(huge));
    }

    @Test
    void instantsKeepTheirOrder() {
        var random = new Random(SEED);
        var instants =
                new ArrayList<>(
                        List.of(
                                Instant.MIN,
                                Instant.MAX,
                                Instant.EPOCH,
                                Instant.EPOCH.plusNanos(1),
                                Instant.EPOCH.minusNanos(1),
                                Instant.parse("0001-01-01T00:00:00Z"),
                                Instant.parse("9999-12-31T23:59:59.999999999Z"),
                                Instant.parse("+10000-01-01T00:00:00Z"),
                                Instant.parse("-0001-12-31T23:59:59Z")));
        for (int i = 0; i < 300; i++) {
            long second = random.nextLong(-80_000_000_000L, 280_000_000_000L);
            instants.add(
                    Instant.ofEpochSecond(
                            second, random.nextBoolean() ? 0 : random.nextInt(1_000_000_000)));
        }
        assertSameOrder(instants, SortableText::of);
    }

    private static <T extends Comparable<T>> void assertSameOrder(
            List<T> values, Function<T, String> text) {
        for (T left : values) {
            for (T right : values) {
                int expected = Integer.signum(left.compareTo(right));
                int order = Integer.signum(text.apply(left).compareTo(text.apply(right)));
                assertTrue(
                        expected == order,
                        () ->
                                "%s and %s as %s and %s, seed %d"
                                        .formatted(
                                                left,
                                                right,
                                                text.apply(left),
                                                text.apply(right),
                                                SEED));
            }
        }
    }
}
