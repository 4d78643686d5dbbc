package dev.andiron.kernel.plugin;

import dev.andiron.spi.BackendProvider;
import dev.andiron.spi.StorageException;
import dev.andiron.spi.blob.BlobReader;
import dev.andiron.spi.blob.BlobWriter;
import dev.andiron.spi.composite.CompositeProvider;
import dev.andiron.spi.interceptor.Interceptor;
import dev.andiron.spi.interceptor.InterceptorProvider;
import dev.andiron.spi.resource.ResourceCursor;
import dev.andiron.spi.view.RowCursor;
import dev.andiron.spi.view.SqlRows;

import java.lang.System.Logger.Level;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Optional;

/**
 * What every call into a plugin passes: it runs under the plugin's context class loader, an
 * exception that the SPI does not know becomes {@link StorageException.Internal} with the backend's
 * name, and the call is timed. Cursors and streams that a call returns are guarded too, since they
 * run after it.
 */
public final class Guard implements InvocationHandler {
    private static final System.Logger LOG = System.getLogger(Guard.class.getName());

    private final Object target;
    private final Class<?> facet;
    private final String backend;
    private final ClassLoader loader;
    private final CallListener listener;

    private Guard(
            Object target,
            Class<?> facet,
            String backend,
            ClassLoader loader,
            CallListener listener) {
        this.target = target;
        this.facet = facet;
        this.backend = backend;
        this.loader = loader;
        this.listener = listener;
    }

    /**
     * Guards one facet of a backend.
     *
     * @param facet the SPI interface
     * @param target the plugin's object
     * @param backend the configured name, for messages and timings
     * @param loader the context class loader of the calls
     */
    public static <T> T around(
            Class<T> facet, T target, String backend, ClassLoader loader, CallListener listener) {
        var guard = new Guard(target, facet, backend, loader, listener);
        return facet.cast(
                Proxy.newProxyInstance(
                        Guard.class.getClassLoader(), new Class<?>[] {facet}, guard));
    }

    @Override
    public Object invoke(Object proxy, Method method, Object[] arguments) {
        if (method.getDeclaringClass() == Object.class) {
            return ofObject(proxy, method, arguments);
        }
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        long start = System.nanoTime();
        String failure = "";
        thread.setContextClassLoader(loader);
        try {
            Object result = method.invoke(target, arguments);
            if (result == null && method.getReturnType() != void.class && !isProvider()) {
                throw new InvocationTargetException(
                        new IllegalStateException("it returned null, which the SPI never does"));
            }
            return guarded(result);
        } catch (InvocationTargetException thrown) {
            RuntimeException known = known(thrown.getCause(), method);
            failure = known.getClass().getSimpleName();
            throw known;
        } catch (IllegalAccessException inaccessible) {
            throw internal(inaccessible, method);
        } finally {
            thread.setContextClassLoader(before);
            listener.called(
                    backend,
                    facet.getSimpleName(),
                    method.getName(),
                    System.nanoTime() - start,
                    failure);
        }
    }

    private Object guarded(Object result) {
        return switch (result) {
            case ResourceCursor cursor -> around(ResourceCursor.class, cursor);
            case SqlRows rows -> around(SqlRows.class, rows);
            case RowCursor rows -> around(RowCursor.class, rows);
            case BlobWriter writer -> around(BlobWriter.class, writer);
            case BlobReader reader -> around(BlobReader.class, reader);
            case Optional<?> optional when optional.orElse(null) instanceof BlobReader reader ->
                    Optional.of(around(BlobReader.class, reader));
            case null, default -> result;
        };
    }

    private <T> T around(Class<T> type, T result) {
        return around(type, result, backend, loader, listener);
    }

    private Object ofObject(Object proxy, Method method, Object[] arguments) {
        return switch (method.getName()) {
            case "equals" -> proxy == arguments[0];
            case "hashCode" -> System.identityHashCode(proxy);
            default -> "%s of backend '%s'".formatted(facet.getSimpleName(), backend);
        };
    }

    private boolean isProvider() {
        return facet == BackendProvider.class
                || facet == CompositeProvider.class
                || facet == InterceptorProvider.class;
    }

    /**
     * Why a call failed, for an operator: what the plugin says of options that do not go together
     * in its own words, a defect by its kind too.
     */
    public static String reason(StorageException failed) {
        return failed instanceof StorageException.Internal && failed.getCause() != null
                ? reason(failed.getCause())
                : failed.getMessage();
    }

    private static String reason(Throwable cause) {
        boolean said = cause.getMessage() != null && !cause.getMessage().isBlank();
        if (said && cause instanceof IllegalArgumentException) {
            return cause.getMessage();
        }
        String defect = "it has a defect (" + cause.getClass().getSimpleName() + ")";
        return said ? defect + ": " + cause.getMessage() : defect;
    }

    /** Other errors, such as running out of memory, are not the plugin's alone: they pass. */
    private RuntimeException known(Throwable thrown, Method method) {
        return switch (thrown) {
            case StorageException known -> known;
            case Exception stray -> internal(stray, method);
            case LinkageError stray -> internal(stray, method);
            case AssertionError stray -> internal(stray, method);
            case StackOverflowError stray -> internal(stray, method);
            case Error error -> throw error;
            case null, default -> internal(thrown, method);
        };
    }

    private StorageException internal(Throwable cause, Method method) {
        String message =
                "the %s '%s' failed in %s.%s"
                        .formatted(
                                facet.getPackage() == Interceptor.class.getPackage()
                                        ? "interceptor"
                                        : "backend",
                                backend,
                                facet.getSimpleName(),
                                method.getName());
        // What fails before anything is open ends in one message for the operator.
        LOG.log(isProvider() ? Level.DEBUG : Level.ERROR, message, cause);
        return new StorageException.Internal(message, cause);
    }
}
