package dev.andiron.s3;

import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/**
 * What was read of indexes lately, unpacked, up to an estimated number of bytes; what was used
 * longest ago goes first. What is in an index never changes, so nothing in here is ever stale. Safe
 * for use by many threads at once.
 */
final class IndexCache {
    private record Key(String object, int offset) {}

    private record Entry(Object value, long cost) {}

    private final long limit;
    private final LinkedHashMap<Key, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);
    private long size;

    IndexCache(long limit) {
        this.limit = limit;
    }

    /** What is known of an object at an offset; read if it is not known. */
    <T> T find(Class<T> type, String object, int offset, Supplier<T> read, ToLongFunction<T> cost) {
        var key = new Key(object, offset);
        Optional<T> known = known(key).map(type::cast);
        if (known.isPresent()) {
            return known.get();
        }
        T value = read.get();
        keep(key, new Entry(value, cost.applyAsLong(value)));
        return value;
    }

    boolean has(String object, int offset) {
        return known(new Key(object, offset)).isPresent();
    }

    private synchronized Optional<Object> known(Key key) {
        return Optional.ofNullable(entries.get(key)).map(Entry::value);
    }

    private synchronized void keep(Key key, Entry entry) {
        if (entry.cost() > limit || entries.putIfAbsent(key, entry) != null) {
            return;
        }
        size += entry.cost();
        var oldest = entries.entrySet().iterator();
        while (size > limit) {
            size -= oldest.next().getValue().cost();
            oldest.remove();
        }
    }

    /** How many bytes it holds, as estimated. */
    synchronized long size() {
        return size;
    }
}
