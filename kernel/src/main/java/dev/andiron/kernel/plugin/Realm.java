package dev.andiron.kernel.plugin;

import java.util.ServiceLoader;
import java.util.Spliterator;

/** A plugin's own world of classes. */
sealed interface Realm permits LayerRealm, LoaderRealm, ApplicationRealm {

    RealmKind kind();

    /** The loader of the plugin's classes: the context class loader of every call into it. */
    ClassLoader loader();

    /** The providers of this realm alone; stepping through them may throw for each. */
    <T> Spliterator<ServiceLoader.Provider<T>> providers(Class<T> service);

    /** Frees the jars, after the last call. */
    default void close() {}
}
