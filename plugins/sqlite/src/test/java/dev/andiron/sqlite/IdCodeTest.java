package dev.andiron.sqlite;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.spi.StorageException;

import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.UUID;

/** Codes of ids come back as the ids, and compare as they do. */
class IdCodeTest {
    private static final String SIGNS =
            "-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    private static List<String> ids() {
        var random = new Random(20_261_122);
        var ids =
                new ArrayList<>(
                        List.of("", "a", "aa", "-", "0", "00", "z", "~", "\u0000", "\u0000\u0000"));
        ids.addAll(
                List.of(
                        "é",
                        "éa",
                        "☃",
                        "\uD83D\uDE00",
                        "a\u0000",
                        "a-",
                        "a.",
                        "a0",
                        "A",
                        "Z",
                        "_"));
        for (int i = 0; i < 300; i++) {
            String uuid = new UUID(random.nextLong(), random.nextLong()).toString();
            ids.add(uuid);
            ids.add(uuid.substring(0, random.nextInt(36)));
            var any = new StringBuilder();
            for (int length = random.nextInt(64); length >= 0; length--) {
                any.append(SIGNS.charAt(random.nextInt(SIGNS.length())));
            }
            ids.add(any.toString());
            ids.add(
                    random.ints(random.nextInt(9), 1, 0x800)
                            .collect(
                                    StringBuilder::new,
                                    StringBuilder::appendCodePoint,
                                    StringBuilder::append)
                            .toString());
        }
        return ids;
    }

    @Test
    void everyIdComesBack() {
        for (String id : ids()) {
            assertEquals(id, IdCode.decode(IdCode.encode(id)));
        }
    }

    @Test
    void codesCompareAsIdsDo() {
        var ids = ids();
        for (String one : ids) {
            byte[] text = one.getBytes(StandardCharsets.UTF_8);
            byte[] code = IdCode.encode(one);
            for (String other : ids) {
                int wanted = Arrays.compareUnsigned(text, other.getBytes(StandardCharsets.UTF_8));
                int found = Arrays.compareUnsigned(code, IdCode.encode(other));
                assertEquals(Integer.signum(wanted), Integer.signum(found), one + " and " + other);
            }
        }
    }

    @Test
    void idsOfHexadecimalNumbersTakeLess() {
        assertTrue(IdCode.encode("7afd54f9-1cd0-7a16-96cf-b1e8f363b04b").length <= 22);
        assertTrue(IdCode.encode("ffffffff-ffff-ffff-ffff-ffffffffffff").length <= 24);
        assertTrue(IdCode.encode("4711").length <= 3);
        assertTrue(IdCode.encode("patient-1").length <= 9);
    }

    /** Files hold them. */
    @Test
    void codesStayWhatTheyAre() {
        assertArrayEquals(
                HexFormat.of().parseHex("8c776cbda08b5b10a304e153eba164b93d474c8ae400"),
                IdCode.encode("7afd54f9-1cd0-7a16-96cf-b1e8f363b04b"));
        assertArrayEquals(HexFormat.of().parseHex("b0fcc32bf11f6e00"), IdCode.encode("Az.9é"));
    }

    @Test
    void whatIsNoCodeIsTold() {
        var random = new Random(7);
        int refused = 0;
        for (int i = 0; i < 2_000; i++) {
            var code = new byte[1 + random.nextInt(9)];
            random.nextBytes(code);
            try {
                IdCode.decode(code);
            } catch (StorageException.Corrupt _) {
                refused++;
            }
        }
        assertTrue(refused > 0);
        assertThrows(StorageException.Corrupt.class, () -> IdCode.decode(new byte[] {-1, -1}));
    }
}
