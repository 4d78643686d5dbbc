package dev.andiron.postgres;

/**
 * The number that stands for a word in the full-text index: 64 bits of the word and of the number
 * of its parameter, which belongs to one tenant. Part of the stored data, so it never changes.
 */
final class WordNumber {
    private static final long FNV_OFFSET = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;

    private WordNumber() {}

    static long of(long parameter, String word) {
        long hash = FNV_OFFSET ^ mixed(parameter);
        for (int i = 0; i < word.length(); i++) {
            hash = (hash ^ word.charAt(i)) * FNV_PRIME;
        }
        return mixed(hash);
    }

    /** A permutation of 64 bits in which each depends on all. */
    private static long mixed(long value) {
        long bits = (value ^ (value >>> 33)) * 0xff51afd7ed558ccdL;
        bits = (bits ^ (bits >>> 33)) * 0xc4ceb9fe1a85ec53L;
        return bits ^ (bits >>> 33);
    }
}
