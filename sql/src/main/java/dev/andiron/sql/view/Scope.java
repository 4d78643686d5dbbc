package dev.andiron.sql.view;

import dev.andiron.sql.Sql;

/**
 * What an expression sees.
 *
 * @param resource the document
 * @param focus the element or value that paths start from
 * @param present the condition that the focus is there
 * @param index the index of the focus within the innermost iteration
 */
record Scope(Sql resource, Sql focus, Sql present, Sql index) {

    /** The same with another focus that is always there. */
    Scope focused(Sql element) {
        return new Scope(resource, element, Sql.of("1 = 1"), index);
    }
}
