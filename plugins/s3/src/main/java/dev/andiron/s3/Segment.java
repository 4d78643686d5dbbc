package dev.andiron.s3;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;

/**
 * A stretch of the log that lies in the index, and what it is known not to have.
 *
 * @param number segments count from 0
 * @param lastEntry the entry that it ends with
 * @param firstPosition the position of its first change
 * @param lastPosition the position of its last change
 * @param purges how many of its changes are purges
 * @param newest the latest time of an update, in milliseconds
 * @param types the types of its resources
 */
record Segment(
        long number,
        long lastEntry,
        long firstPosition,
        long lastPosition,
        long purges,
        long newest,
        Set<String> types) {

    static Segment of(
            long number, long lastEntry, long firstPosition, Collection<LogRecord> records) {
        long purges = 0;
        long newest = 0;
        Set<String> types = new HashSet<>();
        for (LogRecord record : records) {
            purges += record.purge() ? 1 : 0;
            newest = Math.max(newest, record.lastUpdated());
            types.add(record.key().type());
        }
        return new Segment(
                number,
                lastEntry,
                firstPosition,
                firstPosition + records.size() - 1,
                purges,
                newest,
                Set.copyOf(types));
    }

    void write(DataOutputStream out) throws IOException {
        out.writeLong(number);
        out.writeLong(lastEntry);
        out.writeLong(firstPosition);
        out.writeLong(lastPosition);
        out.writeLong(purges);
        out.writeLong(newest);
        out.writeInt(types.size());
        for (String type : new TreeSet<>(types)) {
            out.writeUTF(type);
        }
    }

    static Segment read(DataInputStream in) throws IOException {
        long number = in.readLong();
        long lastEntry = in.readLong();
        long firstPosition = in.readLong();
        long lastPosition = in.readLong();
        long purges = in.readLong();
        long newest = in.readLong();
        Set<String> types = new HashSet<>();
        for (int left = in.readInt(); left > 0; left--) {
            types.add(in.readUTF().intern());
        }
        return new Segment(
                number, lastEntry, firstPosition, lastPosition, purges, newest, Set.copyOf(types));
    }
}
