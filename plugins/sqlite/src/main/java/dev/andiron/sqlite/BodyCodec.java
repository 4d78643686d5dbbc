package dev.andiron.sqlite;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdDictCompress;
import com.github.luben.zstd.ZstdDictDecompress;
import com.github.luben.zstd.ZstdException;

import dev.andiron.spi.StorageException;
import dev.andiron.spi.resource.Json;

import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;

/**
 * Compresses bodies with zstd and a dictionary of common FHIR text, which makes a small resource
 * four times smaller than zstd alone does. The number that stands beside a body names how it was
 * compressed, so that dictionaries can change. Safe for use by many threads; contexts are reused,
 * as making one costs several times as much as using it.
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

    Body compress(Json json) {
        byte[] plain = json.bytes();
        if (plain.length < WORTHWHILE) {
            return new Body(PLAIN, plain);
        }
        ZstdCompressCtx context = contexts.poll();
        if (context == null) {
            context = newContext();
        }
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

        Json decompress(int encoding, byte[] content) {
            if (encoding == PLAIN) {
                return Json.of(content);
            }
            try {
                if (encoding != loaded) {
                    load(encoding);
                }
                long size = Zstd.getFrameContentSize(content);
                if (size < 0 || size > Integer.MAX_VALUE) {
                    throw new StorageException.Corrupt("a stored resource is damaged", null);
                }
                return Json.of(context.decompress(content, (int) size));
            } catch (ZstdException e) {
                throw new StorageException.Corrupt("a stored resource is damaged", e);
            }
        }

        private void load(int encoding) {
            context.reset();
            if (encoding != ZSTD) {
                ZstdDictDecompress known = dictionaries.get(encoding);
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
