package dev.andiron.sqlite;

import dev.andiron.spi.StorageException;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Logical ids in fewer bytes, which compare as the ids do, sign by sign. Each byte of an id's UTF-8
 * is a few bits: 4 for a digit, 5 for a letter of hexadecimal numbers, 6 for a hyphen, 9 for other
 * letters, 13 for what ids of FHIR don't have. The codes ascend with what they stand for, none
 * begins with another, and that of the end is the least. So a UUID takes 20 to 24 bytes of 36, and
 * an index of codes has the order of ids.
 */
final class IdCode {
    private static final int END = 0;
    private static final int SYMBOLS = 257;
    private static final int LONGEST = 13;

    /** By symbol: that of the end, then those of the bytes. */
    private static final int[] LENGTHS = lengths();

    private static final int[] CODES = codes();

    /** The symbol that begins with these bits. */
    private static final short[] BY_BITS = byBits();

    private IdCode() {}

    private static int[] lengths() {
        var lengths = new int[SYMBOLS];
        Arrays.fill(lengths, LONGEST);
        lengths[END] = 6;
        set(lengths, '-', '-', 6);
        set(lengths, '.', '.', 8);
        set(lengths, '0', '9', 4);
        set(lengths, 'A', 'Z', 9);
        set(lengths, 'a', 'f', 5);
        set(lengths, 'g', 'z', 9);
        return lengths;
    }

    private static void set(int[] lengths, char first, char last, int length) {
        Arrays.fill(lengths, 1 + first, 2 + last, length);
    }

    /** One behind the other, each where its length lets it begin. */
    private static int[] codes() {
        var codes = new int[SYMBOLS];
        int next = 0;
        for (int symbol = 0; symbol < SYMBOLS; symbol++) {
            int shift = LONGEST - LENGTHS[symbol];
            codes[symbol] = (next + (1 << shift) - 1) >> shift;
            next = (codes[symbol] + 1) << shift;
        }
        if (next > 1 << LONGEST) {
            throw new IllegalStateException("the codes of ids do not fit");
        }
        return codes;
    }

    private static short[] byBits() {
        var symbols = new short[1 << LONGEST];
        Arrays.fill(symbols, (short) -1);
        for (int symbol = 0; symbol < SYMBOLS; symbol++) {
            int shift = LONGEST - LENGTHS[symbol];
            int from = CODES[symbol] << shift;
            Arrays.fill(symbols, from, from + (1 << shift), (short) symbol);
        }
        return symbols;
    }

    static byte[] encode(String id) {
        byte[] text = id.getBytes(StandardCharsets.UTF_8);
        var code = new byte[(text.length + 1) * LONGEST / 8 + 1];
        int length = 0;
        long bits = 0;
        int held = 0;
        for (int i = 0; i <= text.length; i++) {
            int symbol = i < text.length ? 1 + Byte.toUnsignedInt(text[i]) : END;
            bits = bits << LENGTHS[symbol] | CODES[symbol];
            held += LENGTHS[symbol];
            while (held >= 8) {
                held -= 8;
                code[length++] = (byte) (bits >>> held);
            }
        }
        if (held > 0) {
            code[length++] = (byte) (bits << (8 - held));
        }
        return Arrays.copyOf(code, length);
    }

    static String decode(byte[] code) {
        // The shortest code has 4 bits.
        var text = new byte[code.length * 2];
        int length = 0;
        int bits = 0;
        int held = 0;
        int next = 0;
        while (true) {
            while (held < LONGEST) {
                bits = bits << 8 | (next < code.length ? Byte.toUnsignedInt(code[next]) : 0);
                next++;
                held += 8;
            }
            int symbol = BY_BITS[bits >>> (held - LONGEST) & ((1 << LONGEST) - 1)];
            if (symbol == END) {
                return new String(text, 0, length, StandardCharsets.UTF_8);
            }
            if (symbol < 0 || length == text.length) {
                throw new StorageException.Corrupt("a stored id is damaged", null);
            }
            text[length++] = (byte) (symbol - 1);
            held -= LENGTHS[symbol];
        }
    }
}
