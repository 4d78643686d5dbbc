package dev.andiron.kernel.plugin;

/** How a plugin is kept apart. */
public enum RealmKind {
    /** A module layer of its own, because one of its jars is a module that provides a backend. */
    LAYER("module layer"),
    /** A class loader of its own. */
    LOADER("class loader"),
    /** Not at all: it came with the application's class path. */
    APPLICATION("class path");

    private final String words;

    RealmKind(String words) {
        this.words = words;
    }

    @Override
    public String toString() {
        return words;
    }
}
