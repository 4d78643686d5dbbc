package dev.andiron.spi.interceptor;

/**
 * Is asked before each interaction and told after it. Safe for use by many (virtual) threads at
 * once, and may block, which the client waits for.
 *
 * <p>Interceptors run in the order of their configured numbers before an interaction and in the
 * reverse order after it. The entries of a batch or transaction are interactions of their own and
 * come after the bundle that holds them; one that is rejected fails a whole transaction.
 */
public interface Interceptor extends AutoCloseable {

    /**
     * Before the interaction: nothing has been read or written. An exception is a defect: the
     * client gets 500 and the interaction does not take place.
     *
     * @param request what is asked for, as changed by the interceptors before this one
     * @return whether and how to go on
     */
    default Decision before(InteractionRequest request) {
        return Decision.proceed();
    }

    /**
     * After the interaction, whatever came of it; not called where {@link #before} of this
     * interceptor was not. The answer is not sent yet, but a write has been committed: an exception
     * is written to the log and changes nothing.
     *
     * @param request what was asked for
     * @param result what came of it
     */
    default void after(InteractionRequest request, InteractionResult result) {}

    /** Frees what it holds; called once, after the last call. */
    @Override
    default void close() {}
}
