package automatic;

import library.Version;

/** In a jar without a module descriptor, which nobody knows to need the library. */
public final class Automatic {
    private Automatic() {}

    /** What the library says. */
    public static String version() {
        return Version.number();
    }
}
