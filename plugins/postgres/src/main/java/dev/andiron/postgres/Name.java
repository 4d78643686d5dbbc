package dev.andiron.postgres;

import dev.andiron.sql.Facet;

/** What a number stands for in the tables. */
sealed interface Name {
    /** A resource type of a tenant. */
    record KindOf(int tenant, String type) implements Name {}

    /** A search parameter of a kind. */
    record Parameter(int tenant, int kind, String code, Facet facet) implements Name {}

    /** A system, unit or display. */
    record Text(int tenant, String value) implements Name {}

    /** A code with a display; has no number, but is written once. */
    record Display(int tenant, int parameter, int display, String code, int system)
            implements Name {}
}
