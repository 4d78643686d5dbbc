package dev.andiron.sql;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.spi.StorageException;
import dev.andiron.spi.search.Cursor;

import org.junit.jupiter.api.Test;

import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** The small translations: prefixes, times, page positions. */
class SqlTextTest {

    @Test
    void theSuccessorOfAPrefixIsTheLeastTextBehindAllThatStartWithIt() {
        assertEquals(Optional.of("smj"), ValueConditions.successor("smi"));
        assertEquals(Optional.of("b"), ValueConditions.successor("a\udbff\udfff"));
        assertEquals(Optional.of("\ue000"), ValueConditions.successor("\ud7ff"));
        assertEquals(Optional.empty(), ValueConditions.successor(""));
        assertEquals(Optional.empty(), ValueConditions.successor("\udbff\udfff"));
    }

    @Test
    void prefixesOfAUriEndAtItsSlashes() {
        assertEquals(
                List.of("urn:a/b/c", "urn:a", "urn:a/", "urn:a/b", "urn:a/b/"),
                ValueConditions.prefixes("urn:a/b/c"));
        assertEquals(List.of("urn:oid:1.2"), ValueConditions.prefixes("urn:oid:1.2"));
    }

    @Test
    void timesAreRoundedOutwardsAndNeverOverflow() {
        var odd = Instant.parse("1969-12-31T23:59:59.123456789Z");
        assertEquals(-876_544, Times.microsDown(odd));
        assertEquals(-876_543, Times.microsUp(odd));
        assertEquals(-877, Times.millisDown(odd));
        assertEquals(-876, Times.millisUp(odd));
        assertEquals(Long.MIN_VALUE, Times.microsDown(Instant.MIN));
        assertEquals(Long.MAX_VALUE, Times.microsUp(Instant.MAX));
    }

    @Test
    void aPagePositionComesBackAsItWasWritten() {
        var keys = Arrays.<Object>asList(null, 42L, "é", new byte[] {1, 2});
        var read = PagePosition.of(new PagePosition(keys, 7).cursor(), keys.size());
        assertEquals(7, read.resource());
        assertEquals(keys.subList(0, 3), read.keys().subList(0, 3));
        assertArrayEquals((byte[]) keys.get(3), (byte[]) read.keys().get(3));
    }

    @Test
    void aPagePositionOfAnotherSearchIsRefused() {
        var two = new PagePosition(List.of(1L, 2L), 7).cursor();
        assertThrows(StorageException.NotSupported.class, () -> PagePosition.of(two, 1));
        assertThrows(StorageException.NotSupported.class, () -> PagePosition.of(two, 3));
        var garbage = Cursor.of(new byte[] {9, 9});
        assertThrows(StorageException.NotSupported.class, () -> PagePosition.of(garbage, 0));
    }

    @Test
    void aThousandAlternativesStayWithinTheDepthThatDatabasesAllow() {
        Sql any = Sql.any(Collections.nCopies(1_000, Sql.of("x")));
        int depth = 0;
        int deepest = 0;
        for (char c : any.statement().text().toCharArray()) {
            depth += c == '(' ? 1 : c == ')' ? -1 : 0;
            deepest = Math.max(deepest, depth);
        }
        assertTrue(deepest <= 10, "depth " + deepest);
    }
}
