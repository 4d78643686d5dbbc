package dev.andiron.elasticsearch;

import co.elastic.clients.elasticsearch._types.query_dsl.Query;

import dev.andiron.spi.search.Criterion;

import java.time.Instant;
import java.util.List;

/**
 * When the current version was written: a number of milliseconds t, which stands for the range [t,
 * t + 1).
 */
final class UpdatedClauses {
    /** Beyond every time that can be written. */
    private static final long END = Long.MAX_VALUE / 4;

    private UpdatedClauses() {}

    static Query hold(String field, Criterion.LastUpdated test) {
        long low = down(test.low());
        long lowUp = up(test.low());
        long high = down(test.high());
        long highUp = up(test.high());
        Query within = Clauses.between(field, lowUp, high - 1);
        Query endsBehind = Clauses.between(field, high, END);
        Query beginsBefore = Clauses.between(field, -END, lowUp - 1);
        return switch (test.operator()) {
            case EQ -> within;
            case NE -> Clauses.any(List.of(beginsBefore, endsBehind));
            case GT -> endsBehind;
            case LT -> beginsBefore;
            case GE -> Clauses.any(List.of(endsBehind, within));
            case LE -> Clauses.any(List.of(beginsBefore, within));
            case SA -> Clauses.between(field, highUp, END);
            case EB -> Clauses.between(field, -END, low - 1);
            case AP -> Clauses.between(field, low, highUp - 1);
        };
    }

    private static long down(Instant instant) {
        if (instant.getEpochSecond() > END / 1_000) {
            return END;
        }
        return instant.getEpochSecond() < -END / 1_000 ? -END : instant.toEpochMilli();
    }

    private static long up(Instant instant) {
        long down = down(instant);
        return instant.getNano() % 1_000_000 == 0 || Math.abs(down) == END ? down : down + 1;
    }
}
