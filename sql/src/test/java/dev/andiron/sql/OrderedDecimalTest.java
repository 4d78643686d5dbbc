package dev.andiron.sql;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.andiron.spi.StorageException;

import org.junit.jupiter.api.Test;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

class OrderedDecimalTest {

    private static List<BigDecimal> numbers() {
        var numbers = new ArrayList<BigDecimal>();
        for (String text :
                List.of(
                        "0",
                        "1",
                        "-1",
                        "9",
                        "10",
                        "99",
                        "100",
                        "0.1",
                        "0.10",
                        "0.01",
                        "0.099",
                        "1E+60",
                        "1E+61",
                        "1E+2000000000",
                        "1E-60",
                        "1E-61",
                        "1E-62",
                        "1E-2000000000",
                        "-1E+61",
                        "-1E-61",
                        "12345678901234567890.5",
                        "12345678901234567890.4",
                        "-0.1000000000000000000000001",
                        "-0.1")) {
            numbers.add(new BigDecimal(text));
        }
        var random = new Random(7);
        for (int i = 0; i < 200; i++) {
            var unscaled = new BigInteger(1 + random.nextInt(80), random);
            numbers.add(
                    new BigDecimal(
                            random.nextBoolean() ? unscaled : unscaled.negate(),
                            random.nextInt(200) - 100));
        }
        return numbers;
    }

    @Test
    void bytesCompareAsTheNumbersDo() {
        var numbers = numbers();
        for (BigDecimal a : numbers) {
            for (BigDecimal b : numbers) {
                int byBytes =
                        Arrays.compareUnsigned(OrderedDecimal.encode(a), OrderedDecimal.encode(b));
                assertEquals(
                        Integer.signum(a.compareTo(b)),
                        Integer.signum(byBytes),
                        () -> a + " and " + b);
            }
        }
    }

    @Test
    void trailingZerosDoNotMatter() {
        assertArrayEquals(
                OrderedDecimal.encode(new BigDecimal("100")),
                OrderedDecimal.encode(new BigDecimal("1.0000E+2")));
    }

    @Test
    void anExponentBeyondAnIntIsRefused() {
        var huge = new BigDecimal(BigInteger.TEN.pow(10), Integer.MIN_VALUE);
        assertThrows(StorageException.TooLarge.class, () -> OrderedDecimal.encode(huge));
    }
}
