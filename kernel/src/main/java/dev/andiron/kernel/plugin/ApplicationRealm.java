package dev.andiron.kernel.plugin;

import java.util.ServiceLoader;
import java.util.Spliterator;

/** The application's own class path, where its owner asks for it. */
record ApplicationRealm(ClassLoader loader) implements Realm {

    @Override
    public RealmKind kind() {
        return RealmKind.APPLICATION;
    }

    @Override
    public <T> Spliterator<ServiceLoader.Provider<T>> providers(Class<T> service) {
        return ServiceLoader.load(service, loader).stream().spliterator();
    }
}
