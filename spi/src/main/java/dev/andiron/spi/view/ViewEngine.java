package dev.andiron.spi.view;

import dev.andiron.spi.tenant.TenantContext;

import java.util.Optional;

/**
 * Runs views inside the backend. Safe for use by many threads at once. It need not take every view:
 * the kernel runs the others itself, and says why.
 */
public interface ViewEngine {

    /**
     * Why this engine does not run a view. Cheap, without access to data.
     *
     * @return a reason for an operator, such as "repeat over several paths is not supported"; empty
     *     when it runs the view exactly as {@link Expression}, {@link Selection} and {@link
     *     Iteration} say
     */
    Optional<String> refusal(View view);

    /**
     * The rows over the current, live resources of the tenant. A commit that was acknowledged
     * before the call is seen, a later one need not be; the rows of one resource come from one
     * version of it and stand together. The order of the resources is the engine's own. The first
     * rows come without waiting for the last.
     *
     * @throws dev.andiron.spi.StorageException.NotSupported if {@link #refusal} gives a reason
     */
    RowCursor run(TenantContext tenant, ViewRequest request);

    /**
     * How the backend would run a request, for an operator: its own plan as text.
     *
     * @return free text without data
     */
    String explain(TenantContext tenant, ViewRequest request);
}
