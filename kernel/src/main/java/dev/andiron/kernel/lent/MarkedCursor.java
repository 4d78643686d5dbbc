package dev.andiron.kernel.lent;

import dev.andiron.spi.search.Cursor;
import dev.andiron.spi.search.Query;
import dev.andiron.spi.search.SearchPage;

import java.util.Arrays;
import java.util.Optional;

/** Cursors of several engines behind one: a byte in front says whose each is. */
public final class MarkedCursor {

    private MarkedCursor() {}

    /**
     * The mark of the cursor that a query goes on from.
     *
     * @return empty for a first page
     * @throws IllegalArgumentException if the cursor has none of these marks
     */
    public static Optional<Byte> of(Query query, byte... marks) {
        return query.after().map(cursor -> mark(cursor, marks));
    }

    private static byte mark(Cursor cursor, byte... marks) {
        byte[] bytes = cursor.bytes();
        for (byte mark : marks) {
            if (bytes.length > 0 && bytes[0] == mark) {
                return mark;
            }
        }
        throw new IllegalArgumentException("not a cursor of this server");
    }

    /** A page whose cursor, if it has one, is marked. */
    public static SearchPage mark(SearchPage page, byte mark) {
        return new SearchPage(
                page.hits(), page.next().map(cursor -> marked(cursor, mark)), page.total());
    }

    private static Cursor marked(Cursor cursor, byte mark) {
        byte[] bytes = cursor.bytes();
        var marked = new byte[bytes.length + 1];
        marked[0] = mark;
        System.arraycopy(bytes, 0, marked, 1, bytes.length);
        return Cursor.of(marked);
    }

    /** The query as the engine knows it that made the cursor. */
    public static Query unmarked(Query query) {
        return new Query(
                query.types(),
                query.criterion(),
                query.sort(),
                query.limit(),
                query.after()
                        .map(Cursor::bytes)
                        .map(bytes -> Cursor.of(Arrays.copyOfRange(bytes, 1, bytes.length))),
                query.total());
    }
}
