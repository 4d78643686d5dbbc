package dev.andiron.sqlite;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdDictCompress;
import com.github.luben.zstd.ZstdDictDecompress;
import com.github.luben.zstd.ZstdException;

import dev.andiron.spi.StorageException;
import dev.andiron.spi.resource.Json;

import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;

/**
 * Compresses bodies with zstd and a dictionary of common FHIR text, which makes a small resource
 * four times smaller than zstd alone does. The number that stands beside a body names how it was
 * compressed, so that dictionaries can change; its complement says besides that the body is kept
 * without its {@link Preamble} and zstd's frame without the four bytes that are always the same.
 * Safe for use by many threads; contexts are reused, as making one costs several times as much as
 * using it.
 */
final class BodyCodec implements AutoCloseable {
    /** As it is. */
    static final int PLAIN = 0;

    /** By zstd without a dictionary; greater numbers are those of dictionaries. */
    static final int ZSTD = 1;

    private static final int LEVEL = 3;

    /** Shorter bodies gain nothing. */
    private static final int WORTHWHILE = 64;

    /** More would only hold memory: no more threads compress at once. */
    private static final int KEPT = Runtime.getRuntime().availableProcessors() * 2;

    private final ConcurrentLinkedQueue<ZstdCompressCtx> contexts = new ConcurrentLinkedQueue<>();
    private final Map<Integer, ZstdDictDecompress> dictionaries;
    private final int current;
    private final ZstdDictCompress dictionary;

    /**
     * A compressed body.
     *
     * @param encoding how
     */
    record Body(int encoding, byte[] content) {
        static final Body NONE = new Body(PLAIN, null);
    }

    /**
     * @param dictionaries by number; the greatest is used for new bodies
     */
    BodyCodec(Map<Integer, byte[]> dictionaries) {
        this.dictionaries =
                dictionaries.entrySet().stream()
                        .collect(
                                Collectors.toMap(
                                        Map.Entry::getKey,
                                        e -> new ZstdDictDecompress(e.getValue())));
        current = dictionaries.keySet().stream().max(Integer::compare).orElse(ZSTD);
        dictionary =
                current == ZSTD ? null : new ZstdDictCompress(dictionaries.get(current), LEVEL);
    }

    Body compress(Preamble preamble, Json json) {
        byte[] whole = json.bytes();
        int known = preamble.lengthIn(whole);
        if (known == 0) {
            return compress(whole, false);
        }
        Body rest = compress(Arrays.copyOfRange(whole, known, whole.length), true);
        return new Body(~rest.encoding(), rest.content());
    }

    private Body compress(byte[] plain, boolean magicless) {
        if (plain.length < WORTHWHILE) {
            return new Body(PLAIN, plain);
        }
        ZstdCompressCtx context = contexts.poll();
        if (context == null) {
            context = newContext();
        }
        context.setMagicless(magicless);
        byte[] small = context.compress(plain);
        if (contexts.size() < KEPT) {
            contexts.add(context);
        } else {
            context.close();
        }
        return small.length < plain.length ? new Body(current, small) : new Body(PLAIN, plain);
    }

    private ZstdCompressCtx newContext() {
        var context = new ZstdCompressCtx();
        context.setLevel(LEVEL);
        // The row names the dictionary, and SQLite has no bit rot that a checksum would find
        // sooner.
        context.setDictID(false);
        context.setContentSize(true);
        if (dictionary != null) {
            context.loadDict(dictionary);
        }
        return context;
    }

    Reader reader() {
        return new Reader();
    }

    /** Decompresses; used by one thread at a time. */
    final class Reader implements AutoCloseable {
        private final ZstdDecompressCtx context = new ZstdDecompressCtx();
        private int loaded = ZSTD;

        /** The body whose row says this of itself. */
        Json decompress(int encoding, byte[] content, Preamble preamble) {
            if (encoding >= PLAIN) {
                return Json.of(decompress(encoding, content, new byte[0]));
            }
            byte[] known = preamble.bytes().orElseThrow(() -> damaged(null));
            return Json.of(decompress(encoding, content, known));
        }

        private byte[] decompress(int encoding, byte[] content, byte[] known) {
            boolean magicless = encoding < PLAIN;
            if (encoding == PLAIN || encoding == ~PLAIN) {
                return magicless ? joined(known, content) : content;
            }
            try {
                if (encoding != loaded) {
                    load(encoding);
                }
                long size = Zstd.getFrameContentSize(content, 0, content.length, magicless);
                if (size < 0 || size > Integer.MAX_VALUE - known.length) {
                    throw damaged(null);
                }
                byte[] whole = Arrays.copyOf(known, known.length + (int) size);
                int written =
                        context.decompressByteArray(
                                whole, known.length, (int) size, content, 0, content.length);
                if (written != size) {
                    throw damaged(null);
                }
                return whole;
            } catch (ZstdException e) {
                throw damaged(e);
            }
        }

        private static byte[] joined(byte[] known, byte[] rest) {
            byte[] whole = Arrays.copyOf(known, known.length + rest.length);
            System.arraycopy(rest, 0, whole, known.length, rest.length);
            return whole;
        }

        private static StorageException damaged(ZstdException cause) {
            return new StorageException.Corrupt("a stored resource is damaged", cause);
        }

        private void load(int encoding) {
            int dictionary = encoding < PLAIN ? ~encoding : encoding;
            context.reset();
            context.setMagicless(encoding < PLAIN);
            if (dictionary != ZSTD) {
                ZstdDictDecompress known = dictionaries.get(dictionary);
                if (known == null) {
                    throw new StorageException.Corrupt(
                            "the dictionary of a stored resource is missing", null);
                }
                context.loadDict(known);
            }
            loaded = encoding;
        }

        @Override
        public void close() {
            context.close();
        }
    }

    /** Frees the memory outside of the heap, once no reader or writer is left. */
    @Override
    public void close() {
        for (ZstdCompressCtx c = contexts.poll(); c != null; c = contexts.poll()) {
            c.close();
        }
        dictionaries.values().forEach(ZstdDictDecompress::close);
        if (dictionary != null) {
            dictionary.close();
        }
    }
}
