package dev.andiron.postgres;

import dev.andiron.postgres.Database.Work;

import java.sql.SQLException;

/** The tables of one schema of a database. */
record Tables(Database database, String schema) {

    /** Lends a session for what changes nothing, or may be done twice. */
    <T> T repeatably(Scope scope, Work<T> work) {
        return database.repeatably(schema, scope, work);
    }

    /** Lends a session for work that is done once, and whose errors the caller wants to see. */
    <T> T once(Scope scope, Work<T> work) throws SQLException {
        return database.once(schema, scope, work);
    }
}
