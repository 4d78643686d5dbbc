package dev.andiron.s3;

import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.ScanRequest;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A tenant's changes up to a position. What comes later is not seen, so a snapshot stays the same
 * while others write.
 *
 * @param table the changes, later ones among them
 * @param last the position of the last change that is seen; 0 if there is none
 */
record Snapshot(ChangeTable table, long last) {

    /** The newest change of a resource, deletes included; empty if never there, or purged. */
    Optional<LogRecord> current(ResourceKey key) {
        return ofKey(key).findFirst().filter(record -> !record.purge());
    }

    /** The versions of a resource, newest first, back to the first or to a purge. */
    Stream<LogRecord> versions(ResourceKey key) {
        return ofKey(key).takeWhile(record -> !record.purge());
    }

    /** Whether a change's version has been erased by a purge since. */
    boolean erased(LogRecord record) {
        return ofKey(record.key())
                .takeWhile(later -> later.position() > record.position())
                .anyMatch(LogRecord::purge);
    }

    /** The version that followed a version; empty if it is the current one. */
    Optional<LogRecord> replacement(LogRecord record) {
        return ofKey(record.key())
                .takeWhile(later -> later.position() > record.position())
                .reduce((_, older) -> older);
    }

    /** All changes of a resource, newest first. */
    private Stream<LogRecord> ofKey(ResourceKey key) {
        return seen(
                table.byKey()
                        .subMap(
                                new ChangeTable.Place(key, last),
                                true,
                                new ChangeTable.Place(key, 0),
                                true)
                        .values());
    }

    private Stream<LogRecord> seen(Collection<LogRecord> records) {
        return records.stream().filter(record -> record.position() <= last);
    }

    /** The changes behind a position, ascending. */
    Stream<LogRecord> after(long position) {
        return position >= last
                ? Stream.empty()
                : table.byPosition().subMap(position, false, last, true).values().stream();
    }

    /** The changes in front of a position, descending. */
    Stream<LogRecord> before(long position) {
        return table
                .byPosition()
                .headMap(Math.min(position, last + 1), false)
                .descendingMap()
                .values()
                .stream();
    }

    /** The live resources by key. */
    Iterator<LogRecord> live(ScanRequest request) {
        return new LiveIterator(this, request);
    }

    /** The newest changes of keys behind a key, one for each key, at most so many. */
    List<LogRecord> newest(Optional<ResourceKey> after, int limit) {
        var places =
                after.map(key -> table.byKey().tailMap(new ChangeTable.Place(key, 0), false))
                        .orElse(table.byKey());
        var found = new ArrayList<LogRecord>(limit);
        ResourceKey previous = null;
        for (LogRecord record : places.values()) {
            if (record.position() <= last && !record.key().equals(previous)) {
                if (found.size() == limit) {
                    break;
                }
                found.add(record);
                previous = record.key();
            }
        }
        return found;
    }
}
