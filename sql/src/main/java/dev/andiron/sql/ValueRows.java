package dev.andiron.sql;

import dev.andiron.spi.search.Criterion;

/** The rows that tests of values look at. */
record ValueRows(String parameter, Facet facet) {

    static ValueRows of(Criterion.Value value) {
        return new ValueRows(value.parameter(), ValueConditions.facet(value.test()));
    }
}
