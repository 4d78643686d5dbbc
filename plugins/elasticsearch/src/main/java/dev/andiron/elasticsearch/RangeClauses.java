package dev.andiron.elasticsearch;

import co.elastic.clients.elasticsearch._types.query_dsl.Query;

import dev.andiron.elasticsearch.Clauses.Bound;
import dev.andiron.spi.search.ValueTest.RangeOperator;

import java.util.List;

/**
 * How ranges compare with a tested one. What looks at both ends of a value must not take them from
 * two: where an element has several ranges, each is an object of its own besides.
 *
 * @param path where the element's fields are
 * @param key what the keywords start with
 * @param low the tested range's first point
 * @param high the first point behind the tested range
 */
record RangeClauses(String path, String key, String low, String high) {

    Query hold(RangeOperator operator) {
        return switch (operator) {
            case EQ -> contained();
            case NE -> Clauses.any(List.of(beginsBefore(low), endsBehind(high)));
            case GT -> endsBehind(high);
            case LT -> beginsBefore(low);
            case GE -> Clauses.any(List.of(endsBehind(high), contained()));
            case LE -> Clauses.any(List.of(beginsBefore(low), contained()));
            case SA -> Clauses.any(List.of(from(Field.LOW, high), from(Field.POINT, high)));
            case EB -> Clauses.any(List.of(until(Field.HIGH, low), until(Field.POINT, low)));
            case AP ->
                    Clauses.any(
                            List.of(
                                    both(
                                            before(path, Field.LOW, high),
                                            behind(path, Field.HIGH, low),
                                            before(range(), Field.LOW, high),
                                            behind(range(), Field.HIGH, low)),
                                    Clauses.between(
                                            path + Field.POINT,
                                            new Bound(key + low, false),
                                            new Bound(key + high, false))));
        };
    }

    private Query contained() {
        return Clauses.any(
                List.of(
                        both(
                                from(path, Field.LOW, low),
                                until(path, Field.HIGH, high),
                                from(range(), Field.LOW, low),
                                until(range(), Field.HIGH, high)),
                        Clauses.between(
                                path + Field.POINT,
                                new Bound(key + low, true),
                                new Bound(key + high, true))));
    }

    private String range() {
        return path + Field.RANGE + ".";
    }

    private Query both(Query low, Query high, Query itsLow, Query itsHigh) {
        Query ofOne =
                Clauses.nested(
                        path + Field.RANGE,
                        Clauses.all(
                                List.of(Clauses.term(range() + Field.OF, key), itsLow, itsHigh)));
        Query isOnly = Clauses.not(Clauses.term(path + Field.MANY, key));
        return Clauses.all(List.of(low, high, Clauses.any(List.of(isOnly, ofOne))));
    }

    private Query beginsBefore(String point) {
        return Clauses.any(
                List.of(before(path, Field.LOW, point), before(path, Field.POINT, point)));
    }

    private Query endsBehind(String point) {
        return Clauses.any(
                List.of(behind(path, Field.HIGH, point), behind(path, Field.POINT, point)));
    }

    private Query from(String field, String point) {
        return from(path, field, point);
    }

    private Query until(String field, String point) {
        return until(path, field, point);
    }

    private Query before(String at, String field, String point) {
        return Clauses.between(at + field, new Bound(key, true), new Bound(key + point, false));
    }

    private Query until(String at, String field, String point) {
        return Clauses.between(at + field, new Bound(key, true), new Bound(key + point, true));
    }

    private Query behind(String at, String field, String point) {
        return Clauses.between(
                at + field, new Bound(key + point, false), new Bound(Keys.end(key), false));
    }

    private Query from(String at, String field, String point) {
        return Clauses.between(
                at + field, new Bound(key + point, true), new Bound(Keys.end(key), false));
    }
}
