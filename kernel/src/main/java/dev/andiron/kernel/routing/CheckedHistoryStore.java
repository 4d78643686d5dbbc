package dev.andiron.kernel.routing;

import dev.andiron.kernel.backend.OpenBackend;
import dev.andiron.spi.resource.HistoryLevel;
import dev.andiron.spi.resource.HistoryRequest;
import dev.andiron.spi.resource.HistoryStore;
import dev.andiron.spi.tenant.Permission;
import dev.andiron.spi.tenant.TenantContext;

import java.util.OptionalLong;

/** History behind the caller's permissions and the declared levels. */
record CheckedHistoryStore(HistoryStore store, OpenBackend backend) implements HistoryStore {

    @Override
    public Page history(TenantContext tenant, HistoryRequest request) {
        check(tenant, request);
        return store.history(tenant, request);
    }

    @Override
    public OptionalLong count(TenantContext tenant, HistoryRequest request) {
        check(tenant, request);
        return store.count(tenant, request);
    }

    private void check(TenantContext tenant, HistoryRequest request) {
        tenant.require(Permission.READ);
        HistoryLevel level = request.scope().level();
        if (!backend.capabilities().history().contains(level)) {
            throw Refusal.of(
                    backend,
                    switch (level) {
                        case INSTANCE -> "list the history of one resource";
                        case TYPE -> "list the history of a type";
                        case SYSTEM -> "list the history of everything";
                    },
                    "history " + level);
        }
    }
}
