package dev.andiron.postgres;

/** Texts as PostgreSQL takes them. */
final class Texts {
    private Texts() {}

    /**
     * The text without the one character that PostgreSQL does not store: U+0000, which FHIR does
     * not allow either, becomes the replacement character, in what is stored and in what is
     * searched for.
     */
    static String storable(String text) {
        return text.indexOf('\0') < 0 ? text : text.replace('\0', '\uFFFD');
    }
}
