package dev.andiron.server.bulkimport;

import java.io.IOException;
import java.util.Optional;

/** The things to do that a file holds, in its order. Used by one thread. */
interface Items {

    /**
     * The next one.
     *
     * @return empty at the end
     * @throws IOException if the file cannot be read on
     */
    Optional<Item> next() throws IOException;

    /** How far it is: what {@link ImportState.Place#offset} is about. */
    long offset();

    /** How many lines were read. */
    long line();
}
