package dev.andiron.kernel.composite;

import dev.andiron.spi.tenant.TenantContext;
import dev.andiron.spi.view.RowCursor;
import dev.andiron.spi.view.View;
import dev.andiron.spi.view.ViewEngine;
import dev.andiron.spi.view.ViewRequest;

import java.util.Optional;

/** The views of a composite, which its primary runs over what it holds itself. */
final class PrimaryViews implements ViewEngine {
    private final String primary;
    private final ViewEngine views;

    PrimaryViews(String primary, ViewEngine views) {
        this.primary = primary;
        this.views = views;
    }

    @Override
    public Optional<String> refusal(View view) {
        return views.refusal(view);
    }

    @Override
    public RowCursor run(TenantContext tenant, ViewRequest request) {
        return views.run(tenant, request);
    }

    @Override
    public String explain(TenantContext tenant, ViewRequest request) {
        return "in the primary '%s', %s".formatted(primary, views.explain(tenant, request));
    }
}
