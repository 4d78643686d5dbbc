package dev.andiron.sql;

import dev.andiron.spi.resource.StoredResource;
import dev.andiron.spi.search.Hit;
import dev.andiron.spi.search.Query;
import dev.andiron.spi.search.SearchPage;
import dev.andiron.spi.search.Sort;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * The rows of a page as the SPI's records: columns of the resource, then its number, then its sort
 * keys. Immutable.
 *
 * @param idColumn the column of the resource's number, the first being 1
 * @param reader of the columns in front of that
 */
public record PageRows(int idColumn, ResourceReader reader) {

    /** Reads a resource. */
    @FunctionalInterface
    public interface ResourceReader {
        StoredResource resource(ResultSet row) throws SQLException;
    }

    /** How many rows to ask for: one more than a page, to know whether it is the last. */
    public static int limit(Query query) {
        return Math.addExact(query.limit(), 1);
    }

    /**
     * Reads a page.
     *
     * @param rows up to {@link #limit}
     */
    public SearchPage read(ResultSet rows, Query query, OptionalLong total) throws SQLException {
        var hits = new ArrayList<Hit>();
        var last = Optional.<PagePosition>empty();
        while (hits.size() < query.limit() && rows.next()) {
            StoredResource resource = reader.resource(rows);
            hits.add(new Hit(resource.key(), Optional.of(resource), score(rows, query.sort())));
            if (hits.size() == query.limit()) {
                last = Optional.of(position(rows, query.sort().size()));
            }
        }
        boolean more = last.isPresent() && rows.next();
        return new SearchPage(
                hits, more ? last.map(PagePosition::cursor) : Optional.empty(), total);
    }

    private OptionalDouble score(ResultSet row, List<Sort> sort) throws SQLException {
        int key = sort.indexOf(new Sort.Score());
        return key < 0 ? OptionalDouble.empty() : Scores.of(key(row, key));
    }

    private PagePosition position(ResultSet row, int keyCount) throws SQLException {
        var keys = new ArrayList<Object>(keyCount);
        for (int i = 0; i < keyCount; i++) {
            keys.add(key(row, i));
        }
        return new PagePosition(keys, row.getLong(idColumn));
    }

    /** A sort key, the first being 0; drivers give small numbers as another type. */
    private Object key(ResultSet row, int number) throws SQLException {
        Object key = row.getObject(idColumn + 1 + number);
        return key instanceof Integer small ? Long.valueOf(small) : key;
    }
}
