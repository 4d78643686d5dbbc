package dev.andiron.sql;

import dev.andiron.spi.StorageException;

import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;

/**
 * Decimals as bytes that compare as the numbers do, exactly, for databases whose only exact numbers
 * are 64-bit integers. A number is written as 0.d₁d₂d₃… · 10ⁿ with d₁ ≠ 0:
 *
 * <ul>
 *   <li>a byte for the sign: 0x40 below zero, 0x80 zero (and nothing more), 0xC0 above;
 *   <li>the exponent n in one byte from -60 to 60, beyond that a mark and four bytes;
 *   <li>two digits a byte as 1 to 100, and a zero byte as the end;
 *   <li>below zero all bytes behind the first are inverted.
 * </ul>
 *
 * Equal numbers give equal bytes, whatever zeros trail.
 */
public final class OrderedDecimal {
    private static final int NEGATIVE = 0x40;
    private static final int ZERO = 0x80;
    private static final int POSITIVE = 0xC0;
    private static final int SHORT_EXPONENT = 60;
    private static final int EXPONENT_BIAS = 0x80;
    private static final int FAR_BELOW = 0x01;
    private static final int FAR_ABOVE = 0xFE;
    private static final int DIGITS_OF_LONG = 18;

    private OrderedDecimal() {}

    /** The bytes of a number. */
    public static byte[] encode(BigDecimal number) {
        if (number.signum() == 0) {
            return new byte[] {(byte) ZERO};
        }
        String digits = digits(number);
        long exponent = (long) digits.length() - number.scale();
        if (exponent != (int) exponent) {
            throw new StorageException.TooLarge("a number's exponent is out of range");
        }
        int significant = digits.length();
        while (digits.charAt(significant - 1) == '0') {
            significant--;
        }
        var out = new ByteArrayOutputStream(significant / 2 + 8);
        int flip = number.signum() < 0 ? 0xFF : 0;
        out.write(flip == 0 ? POSITIVE : NEGATIVE);
        writeExponent((int) exponent, flip, out);
        for (int i = 0; i < significant; i += 2) {
            int high = digits.charAt(i) - '0';
            int low = i + 1 < significant ? digits.charAt(i + 1) - '0' : 0;
            out.write((high * 10 + low + 1) ^ flip);
        }
        out.write(flip);
        return out.toByteArray();
    }

    /**
     * Those of the unscaled value; without a detour through large numbers for what a long holds.
     */
    private static String digits(BigDecimal number) {
        if (number.precision() <= DIGITS_OF_LONG) {
            return Long.toString(Math.abs(number.unscaledValue().longValue()));
        }
        return number.unscaledValue().abs().toString();
    }

    private static void writeExponent(int exponent, int flip, ByteArrayOutputStream out) {
        if (Math.abs((long) exponent) <= SHORT_EXPONENT) {
            out.write((EXPONENT_BIAS + exponent) ^ flip);
            return;
        }
        out.write((exponent < 0 ? FAR_BELOW : FAR_ABOVE) ^ flip);
        int biased = exponent ^ Integer.MIN_VALUE;
        for (int shift = 24; shift >= 0; shift -= 8) {
            out.write((biased >>> shift) ^ flip);
        }
    }
}
