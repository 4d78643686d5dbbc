package library;

/** A library of which there are two versions. */
public final class Version {
    private Version() {}

    /** Which one this is. */
    public static String number() {
        return "2";
    }
}
