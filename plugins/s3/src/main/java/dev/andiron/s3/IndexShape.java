package dev.andiron.s3;

/**
 * How the index of a log is cut. All nodes have to agree, for each of them writes what another
 * would have written.
 *
 * @param entries after so many entries a segment ends
 * @param records or at the entry with which it has so many changes
 * @param fanOut so many runs of one level are merged into one of the next
 * @param top the level whose runs are not merged any more
 * @param page how many changes a page has
 */
record IndexShape(int entries, int records, int fanOut, int top, int page) {
    /** What the format says. */
    static final IndexShape STANDARD = new IndexShape(512, 8_192, 8, 4, 256);

    /** How many segments a run of a level covers. */
    long segments(int level) {
        long segments = 1;
        for (int i = 0; i < level; i++) {
            segments *= fanOut;
        }
        return segments;
    }
}
