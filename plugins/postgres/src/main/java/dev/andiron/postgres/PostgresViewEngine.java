package dev.andiron.postgres;

import dev.andiron.spi.StorageException;
import dev.andiron.spi.tenant.TenantContext;
import dev.andiron.spi.view.RowCursor;
import dev.andiron.spi.view.View;
import dev.andiron.spi.view.ViewEngine;
import dev.andiron.spi.view.ViewRequest;

import java.util.List;
import java.util.Optional;

/** Runs views as SQL over the stored documents. */
final class PostgresViewEngine implements ViewEngine {
    private final Tenants tenants;

    PostgresViewEngine(Tenants tenants) {
        this.tenants = tenants;
    }

    @Override
    public Optional<String> refusal(View view) {
        return ViewStatement.refusal(view);
    }

    @Override
    public RowCursor run(TenantContext tenant, ViewRequest request) {
        check(request.view());
        return new PostgresRowCursor(tenants, tenant, request);
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
                    return sql.text() + "\n" + String.join("\n", plan);
                });
    }
}
