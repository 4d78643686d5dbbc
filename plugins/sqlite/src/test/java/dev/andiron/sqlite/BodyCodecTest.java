package dev.andiron.sqlite;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;

import dev.andiron.spi.StorageException;
import dev.andiron.spi.resource.Json;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** What comes back is what went in, however it is kept. */
class BodyCodecTest {
    private static final byte[] DICTIONARY =
            "\"status\":\"final\",\"code\":{\"coding\":[{\"system\":\"http://loinc.org\""
                    .repeat(9)
                    .getBytes(StandardCharsets.UTF_8);

    private final BodyCodec codec = new BodyCodec(Map.of(2, DICTIONARY));
    private final BodyCodec.Reader reader = codec.reader();

    @AfterEach
    void close() {
        reader.close();
        codec.close();
    }

    private static Preamble preamble(String id, long version, String time) {
        return new Preamble("Observation", id, version, Instant.parse(time).toEpochMilli());
    }

    private static String begin(String id, String version, String time) {
        return "{\"resourceType\":\"Observation\",\"id\":\"%s\",\"meta\":{\"versionId\":\"%s\",\"lastUpdated\":\"%s\""
                .formatted(id, version, time);
    }

    /** Keeps a body, and tells how. */
    private int encoding(Preamble preamble, String body) {
        BodyCodec.Body kept = codec.compress(preamble, Json.of(body));
        // Between those of another kind, for the reader goes from one to the other.
        for (int i = 0; i < 2; i++) {
            assertEquals(
                    body, reader.decompress(kept.encoding(), kept.content(), preamble).toString());
            var other = new Preamble("Patient", "1", 1, 0);
            BodyCodec.Body between = codec.compress(other, Json.of(body));
            assertEquals(
                    body,
                    reader.decompress(between.encoding(), between.content(), other).toString());
        }
        return kept.encoding();
    }

    private static final String LONG =
            ",\"profile\":[\"http://example.org\"]},\"status\":\"final\",\"code\":{\"coding\":[{\"system\":\"http://loinc.org\"}]}}";

    @Test
    void whatABodyBeginsWithIsLeftOutWhereItStandsBesideIt() {
        for (var time :
                List.of(
                        "2026-01-02T03:04:05.006Z",
                        "2026-12-31T23:59:59.999Z",
                        "1969-12-31T23:59:59.990Z",
                        "0000-01-01T00:00:00.000Z",
                        "9999-12-31T23:59:59.999Z")) {
            for (var id : List.of("1", "7afd54f9-1cd0-7a16-96cf-b1e8f363b04b", "é☃")) {
                var preamble = preamble(id, 1234, time);
                String begin = begin(id, "1234", time);
                assertEquals(~2, encoding(preamble, begin + LONG), begin);
                assertEquals(~BodyCodec.PLAIN, encoding(preamble, begin + "}}"), begin);
                assertEquals(~BodyCodec.PLAIN, encoding(preamble, begin + "?"), begin);
            }
        }
    }

    @Test
    void aBodyThatBeginsOtherwiseIsKeptWhole() {
        String time = "2026-01-02T03:04:05.006Z";
        var preamble = preamble("a", 1, time);
        var others =
                List.of(
                        begin("b", "1", time),
                        begin("a", "2", time),
                        begin("a", "1", "2026-01-02T03:04:05.006000Z"),
                        begin("a", "1", "2026-01-02T03:04:05.007Z"),
                        " " + begin("a", "1", time),
                        begin("a", "1", time).replace("Observation", "Patient"),
                        begin("\\u0061", "1", time));
        for (String other : others) {
            assertEquals(2, encoding(preamble, other + LONG), other);
        }
        assertTrue(encoding(preamble, begin("a", "1", time)) >= 0);
        assertEquals(BodyCodec.PLAIN, encoding(preamble, ""));
        for (long time2 : new long[] {Long.MIN_VALUE, Long.MAX_VALUE, 253_402_300_800_000L}) {
            assertEquals(2, encoding(new Preamble("A", "a", 1, time2), begin("a", "1", "") + LONG));
        }
    }

    /** Whole, with zstd's first four bytes. */
    @Test
    void whatEarlierReleasesKeptIsRead() {
        byte[] body =
                (begin("a", "1", "2026-01-02T03:04:05.006Z") + LONG)
                        .getBytes(StandardCharsets.UTF_8);
        var preamble = preamble("a", 1, "2026-01-02T03:04:05.006Z");
        try (var context = new ZstdCompressCtx()) {
            context.setDictID(false);
            context.loadDict(DICTIONARY);
            byte[] kept = context.compress(body);
            assertArrayEquals(body, reader.decompress(2, kept, preamble).bytes());
        }
        assertArrayEquals(body, reader.decompress(1, Zstd.compress(body), preamble).bytes());
        assertArrayEquals(body, reader.decompress(0, body, preamble).bytes());
    }

    @Test
    void whatIsDamagedIsTold() {
        var preamble = preamble("a", 1, "2026-01-02T03:04:05.006Z");
        byte[] content =
                codec.compress(
                                preamble,
                                Json.of(begin("a", "1", "2026-01-02T03:04:05.006Z") + LONG))
                        .content();
        byte[] cut = Arrays.copyOf(content, content.length - 3);
        assertThrows(StorageException.Corrupt.class, () -> reader.decompress(~2, cut, preamble));
        assertThrows(
                StorageException.Corrupt.class,
                () -> reader.decompress(~2, new byte[] {1, 2, 3}, preamble));
        assertThrows(
                StorageException.Corrupt.class, () -> reader.decompress(~3, content, preamble));
        assertThrows(
                StorageException.Corrupt.class,
                () ->
                        reader.decompress(
                                ~2, content, new Preamble("Observation", "a", 1, Long.MAX_VALUE)));
    }
}
