package dev.andiron.server.bulkimport;

import java.util.List;

/**
 * Things that are done together, no resource twice among them.
 *
 * @param source the file that they come from
 * @param items what is to be done
 */
record Batch(ImportSource source, List<Item> items) {
    Batch {
        items = List.copyOf(items);
    }

    /**
     * What became of a batch.
     *
     * @param tally what was stored
     * @param failures what was not
     * @param position that of its last commit; 0 without any
     */
    record Result(ImportTally tally, List<ImportFailure> failures, long position) {}
}
