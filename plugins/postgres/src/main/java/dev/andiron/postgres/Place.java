package dev.andiron.postgres;

import dev.andiron.postgres.Database.Work;

import java.sql.SQLException;

/**
 * Where a tenant's resources are, and what sessions there see.
 *
 * @param announcement under which number its commits announce themselves to the change feed
 */
record Place(Tables tables, Scope scope, int announcement) {

    /** The tenant's number, which no other tenant of this backend has. */
    int number() {
        return scope.number();
    }

    /** Lends a session for what changes nothing, or may be done twice. */
    <T> T repeatably(Work<T> work) {
        return tables.repeatably(scope, work);
    }

    /** Lends a session for work that is done once, and whose errors the caller wants to see. */
    <T> T once(Work<T> work) throws SQLException {
        return tables.once(scope, work);
    }
}
