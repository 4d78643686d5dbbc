package dev.andiron.spi.view;

import dev.andiron.spi.tenant.TenantContext;

/**
 * Runs SQL over views inside the backend, reading only, on the tenant's data only, whatever the
 * statement says: a backend that cannot promise this has no such facet. Safe for use by many
 * threads at once.
 */
public interface SqlQueryEngine {

    /** The dialect that it takes, as media types name it: {@code sqlite}, {@code postgresql}. */
    String dialect();

    /**
     * Runs a query. What it costs in memory is bounded by the backend, however large the tables
     * are.
     *
     * @throws dev.andiron.spi.StorageException.Unprocessable if the statement is no SQL, is more
     *     than one, would write, or names a table, function or parameter that is not there; the
     *     message is for whoever wrote it
     * @throws dev.andiron.spi.StorageException.TooLarge if a table or an intermediate result does
     *     not fit into the bounds of the backend
     * @throws dev.andiron.spi.StorageException.NotSupported if one of the views cannot run inside
     *     the backend ({@link ViewEngine#refusal})
     */
    SqlRows run(TenantContext tenant, SqlQuery query);

    /**
     * How the backend would run a query, for an operator: its own plan as text.
     *
     * @return free text without data
     */
    String explain(TenantContext tenant, SqlQuery query);
}
