package dev.andiron.server.interaction;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.search.Cursor;

import org.junit.jupiter.api.Test;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What a link carries of the pages before it. */
class PagePositionTest {
    private static final List<ResourceKey> KEYS =
            List.of(new ResourceKey("Patient", "a"), new ResourceKey("Patient", "b"));

    private static PagePosition walk(int pages, int cursorLength) {
        PagePosition position = PagePosition.first();
        for (int i = 1; i <= pages; i++) {
            var cursor = new byte[cursorLength];
            cursor[0] = (byte) i;
            position = position.next(Cursor.of(cursor), 10);
        }
        return position;
    }

    private static int back(PagePosition from) {
        int pages = 0;
        Optional<PagePosition> position = from.previous(KEYS);
        while (position.isPresent()) {
            pages++;
            position = position.get().previous(KEYS);
        }
        return pages;
    }

    @Test
    void oneGoesBackToTheFirstPage() {
        PagePosition third = walk(2, 8);
        assertEquals(20, third.before());
        PagePosition second = third.previous(KEYS).orElseThrow();
        assertEquals(10, second.before());
        assertEquals(walk(1, 8).after(), second.after());
        PagePosition first = second.previous(KEYS).orElseThrow();
        assertTrue(first.isFirst());
        assertEquals(Optional.empty(), first.previous(KEYS));
        assertEquals(5, back(walk(5, 8)));
    }

    @Test
    void tooManyPagesLoseTheirEldest() {
        assertEquals(23, back(walk(100, 8)));
        assertEquals(990, walk(100, 8).previous(KEYS).orElseThrow().before());
        assertEquals(0, back(walk(100, 5_000)), "a cursor that fills the link leaves no room");
        assertTrue(walk(100, 300).encode().length < 2_000);
        assertEquals(1, back(walk(1, 5_000)), "the first page needs no cursor");
    }

    @Test
    void oneThatComesBackEndsWhereTheNextPageBegan() {
        PagePosition back = walk(2, 8).previous(KEYS).orElseThrow();
        var other = new ResourceKey("Patient", "c");
        assertEquals(1, back.fitting(List.of(other, KEYS.get(1))));
        assertEquals(1, back.fitting(List.of(other)));
        assertEquals(2, back.endless().fitting(KEYS));
        assertEquals(2, walk(2, 8).fitting(KEYS));
    }

    @Test
    void whatIsWrittenIsReadBack() {
        for (PagePosition position :
                List.of(
                        PagePosition.first(),
                        walk(3, 20),
                        walk(40, 20),
                        walk(3, 20).previous(KEYS).orElseThrow())) {
            assertEquals(Optional.of(position), PagePosition.decode(position.encode()));
        }
        byte[] bytes = walk(3, 20).encode();
        for (int length = 0; length < bytes.length; length++) {
            assertEquals(Optional.empty(), PagePosition.decode(Arrays.copyOf(bytes, length)));
        }
        assertEquals(Optional.empty(), PagePosition.decode(new byte[] {9, 1, 0, 0}));
    }
}
