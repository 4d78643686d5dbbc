package dev.andiron.kernel.plugin;

import dev.andiron.spi.BackendProvider;

import java.util.ServiceLoader;
import java.util.Spliterator;

/** The application's own class path, where its owner asks for it. */
record ApplicationRealm(ClassLoader loader) implements Realm {

    @Override
    public RealmKind kind() {
        return RealmKind.APPLICATION;
    }

    @Override
    public Spliterator<ServiceLoader.Provider<BackendProvider>> providers() {
        return ServiceLoader.load(BackendProvider.class, loader).stream().spliterator();
    }
}
