package dev.andiron.server.bulkimport;

import java.util.OptionalLong;

/**
 * How much of what an import stored searches can find.
 *
 * @param searchable how many resources, as last seen
 * @param position the position of its last commit; 0 before that
 */
record Visibility(long searchable, long position) {
    static final Visibility NONE = new Visibility(0, 0);

    /**
     * How many can be found.
     *
     * @param applied the position through which the followers have applied commits; empty when
     *     searches see every commit at once
     * @param stored how many are stored
     */
    long searchable(OptionalLong applied, long stored) {
        return applied.isEmpty() || applied.getAsLong() >= position ? stored : searchable;
    }
}
