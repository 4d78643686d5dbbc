package dev.andiron.s3;

import dev.andiron.spi.resource.ResourceKey;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * A Bloom filter of the keys of a run, in blocks, so that a part of it can be in memory: it tells
 * of nearly all keys that are not there that they are not, without a look at the run.
 */
final class KeyFilter {
    private static final int BITS_A_KEY = 10;
    private static final int HASHES = 7;
    private static final int LEAST_BITS = 64;
    private static final int BLOCK_BITS = 1 << 18;

    private final long[][] blocks;

    /**
     * An empty filter.
     *
     * @param keys how many keys there will be at most
     */
    KeyFilter(long keys) {
        long bits = Math.max(LEAST_BITS, Math.multiplyExact(keys, BITS_A_KEY));
        int count = Math.toIntExact((bits + BLOCK_BITS - 1) / BLOCK_BITS);
        int size = count > 1 ? BLOCK_BITS : (int) (Long.highestOneBit(2 * bits - 1));
        blocks = new long[count][size / Long.SIZE];
    }

    void add(ResourceKey key) {
        long hash = hash(key);
        long[] block = blocks[block(hash, blocks.length)];
        for (int i = 0; i < HASHES; i++) {
            int bit = bit(hash, i, block.length);
            block[bit >>> 6] |= 1L << bit;
        }
    }

    /** Whether a key may have been added. */
    boolean mayHave(ResourceKey key) {
        long hash = hash(key);
        return mayHave(blocks[block(hash, blocks.length)], hash);
    }

    int blockCount() {
        return blocks.length;
    }

    /** The bytes of a block. */
    byte[] block(int number) {
        var bytes = ByteBuffer.allocate(blocks[number].length * Long.BYTES);
        bytes.asLongBuffer().put(blocks[number]);
        return bytes.array();
    }

    static long[] block(byte[] bytes) {
        long[] block = new long[bytes.length / Long.BYTES];
        ByteBuffer.wrap(bytes).asLongBuffer().get(block);
        return block;
    }

    /** In which block a key would be. */
    static int block(long hash, int blocks) {
        return (int) ((hash >>> 40) % blocks);
    }

    /** Whether a key may be there, given its block. */
    static boolean mayHave(long[] block, long hash) {
        for (int i = 0; i < HASHES; i++) {
            int bit = bit(hash, i, block.length);
            if ((block[bit >>> 6] & 1L << bit) == 0) {
                return false;
            }
        }
        return true;
    }

    private static int bit(long hash, int number, int words) {
        long first = hash & 0xFFFFF;
        long step = hash >>> 20 & 0xFFFFF | 1;
        return (int) (first + number * step & (long) words * Long.SIZE - 1);
    }

    /** FNV-1a of {@code TYPE/ID}, its bits mixed as MurmurHash3 ends. */
    static long hash(ResourceKey key) {
        long hash = 0xcbf29ce484222325L;
        for (byte b : (key.type() + '/' + key.id()).getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ b & 0xFF) * 0x100000001b3L;
        }
        hash = (hash ^ hash >>> 33) * 0xff51afd7ed558ccdL;
        hash = (hash ^ hash >>> 33) * 0xc4ceb9fe1a85ec53L;
        return hash ^ hash >>> 33;
    }
}
