package dev.andiron.s3;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Which changes have their contents in one object, purged ones among them. */
final class ObjectContents {
    private ObjectContents() {}

    /**
     * All changes whose contents lie in an object.
     *
     * @param bytes the object
     * @param position of one of the changes
     */
    static List<LogRecord> of(Snapshot snapshot, String object, byte[] bytes, long position) {
        List<LogRecord> near =
                object.startsWith(Keys.LOGS)
                        ? LogEntry.decode(
                                        object,
                                        LogEntry.sequence(bytes),
                                        LogEntry.firstPosition(bytes),
                                        bytes)
                                .records()
                        : inPack(snapshot, object, position);
        return near.stream()
                .filter(record -> record.content().filter(at -> isIn(at, object)).isPresent())
                .toList();
    }

    private static boolean isIn(Location location, String object) {
        return location.object().equals(object);
    }

    /** The contents of a pack are those of changes that stand together in one commit. */
    private static List<LogRecord> inPack(Snapshot snapshot, String object, long position) {
        var all = new ArrayList<LogRecord>();
        Stream.of(snapshot.before(position + 1, _ -> true), snapshot.after(position))
                .forEach(
                        walk ->
                                walk.limit(Committer.MOST_MUTATIONS)
                                        .takeWhile(
                                                record ->
                                                        record.content().stream()
                                                                .allMatch(at -> isIn(at, object)))
                                        .forEach(all::add));
        return all;
    }
}
