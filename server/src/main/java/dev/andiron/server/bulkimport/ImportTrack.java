package dev.andiron.server.bulkimport;

/** Where an import leaves its traces. Used by the import's thread, {@link #fence} by all of it. */
interface ImportTrack {

    /** Throws if the import is to stop. */
    void check();

    /** Throws if somebody else has taken over the import, by what the storage says. */
    void fence();

    /** Remembers how far the import is. */
    void save(ImportState state);

    /**
     * Keeps errors for good.
     *
     * @param number how many were kept before
     * @param ndjson OperationOutcomes, one a line
     * @return the name of the file that they are in
     */
    String keep(int number, byte[] ndjson);
}
