package dev.andiron.postgres;

import dev.andiron.spi.StorageException;
import dev.andiron.spi.tenant.TenantContext;
import dev.andiron.spi.view.RowCursor;
import dev.andiron.spi.view.View;
import dev.andiron.spi.view.ViewEngine;
import dev.andiron.spi.view.ViewRequest;
import dev.andiron.sql.document.RowReader;

import java.util.List;
import java.util.Optional;

/** Runs views over the stored documents: out of their bytes, and as SQL where that cannot be. */
final class PostgresViewEngine implements ViewEngine {
    private final Tenants tenants;
    private final boolean readsDocuments;

    PostgresViewEngine(Tenants tenants) {
        this(tenants, true);
    }

    private PostgresViewEngine(Tenants tenants, boolean readsDocuments) {
        this.tenants = tenants;
        this.readsDocuments = readsDocuments;
    }

    @Override
    public Optional<String> refusal(View view) {
        return ViewStatement.refusal(view);
    }

    @Override
    public RowCursor run(TenantContext tenant, ViewRequest request) {
        check(request.view());
        return cursor(tenant, request);
    }

    /** The same by statements alone, which otherwise only odd documents need. */
    PostgresViewEngine bySql() {
        return new PostgresViewEngine(tenants, false);
    }

    /** Not yet begun. */
    PostgresRowCursor cursor(TenantContext tenant, ViewRequest request) {
        return new PostgresRowCursor(tenants, tenant, request, reader(request));
    }

    private Optional<RowReader> reader(ViewRequest request) {
        return readsDocuments
                ? RowReader.of(request.view(), request.functions())
                : Optional.empty();
    }

    private void check(View view) {
        refusal(view)
                .ifPresent(
                        reason -> {
                            throw new StorageException.NotSupported(reason);
                        });
    }

    @Override
    public String explain(TenantContext tenant, ViewRequest request) {
        check(request.view());
        var statement = ViewStatement.of(request.view());
        return tenants.read(
                tenant,
                () -> "Nothing was ever written for this tenant.",
                (session, number) -> {
                    var sql = statement.on(number, List.of(), request);
                    var plan =
                            session.list(
                                    row -> row.getString(1), "EXPLAIN " + sql.text(), sql.values());
                    return String.join(
                            "\n",
                            sql.text(),
                            String.join("\n", plan),
                            reader(request).isPresent()
                                    ? "rows are read out of the documents; the statement is for"
                                            + " documents that do not allow it"
                                    : "the statement gives all rows");
                });
    }
}
