package dev.andiron.server.job;

import dev.andiron.spi.blob.BlobWriter;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiPredicate;

/**
 * Something that happens to a worker at one of its calls to the storage, those of its files
 * included. What happens may come while other threads of the worker are in a call.
 */
public final class Interruption {
    private final int at;
    private final boolean before;
    private final Runnable happening;
    private final AtomicInteger calls = new AtomicInteger();
    private volatile boolean happened;
    private volatile boolean dead;

    /** The end of a worker. It is no failure that anything could handle. */
    public static final class Crash extends Error {
        private static final long serialVersionUID = 1;
    }

    /**
     * @param at at which call, from 1
     * @param before whether before the call, otherwise after it
     * @param happening what happens; if it throws {@link Crash}, no further call has an effect
     */
    public Interruption(int at, boolean before, Runnable happening) {
        this.at = at;
        this.before = before;
        this.happening = happening;
    }

    /**
     * Goes through all calls, before and after each, until there are no more.
     *
     * @param attempt told the call, and whether before it; tells whether it came so far
     * @return how many calls there are
     */
    public static int everywhere(BiPredicate<Integer, Boolean> attempt) {
        int calls = 0;
        while (attempt.test(calls + 1, true) && attempt.test(calls + 1, false)) {
            calls++;
        }
        return calls;
    }

    /** Whether the worker came so far. */
    public boolean happened() {
        return happened;
    }

    /** The same facet, watched. */
    <T> T around(Class<T> facet, T target) {
        return facet.cast(
                Proxy.newProxyInstance(
                        facet.getClassLoader(),
                        new Class<?>[] {facet},
                        (proxy, method, arguments) -> call(target, method, arguments)));
    }

    private Object call(Object target, Method method, Object[] arguments) throws Throwable {
        if (dead) {
            if (method.getName().equals("close")) {
                return null;
            }
            throw new Crash();
        }
        boolean isIt = calls.incrementAndGet() == at;
        if (isIt && before) {
            happen();
        }
        Object result;
        try {
            result = method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            if (isIt && !before) {
                happen();
            }
            throw e.getCause();
        }
        if (isIt && !before) {
            happen();
        }
        return result instanceof BlobWriter writer ? around(BlobWriter.class, writer) : result;
    }

    private void happen() {
        happened = true;
        try {
            happening.run();
        } catch (Crash crash) {
            dead = true;
            throw crash;
        }
    }
}
