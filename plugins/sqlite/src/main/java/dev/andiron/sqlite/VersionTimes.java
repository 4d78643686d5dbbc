package dev.andiron.sqlite;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Marks in the sequence of versions, each with the newest time up to there: times need not rise
 * with positions, what they have reached does. For the writer's thread.
 */
final class VersionTimes {
    /** The position in front of which no version is as new as the bind variable. */
    static final String SINCE =
            "(SELECT coalesce(max(t.position), 0) FROM version_times t WHERE t.newest < ?)";

    private static final long DISTANCE = 1_000;

    private final Session session;
    private final List<Mark> pending = new ArrayList<>();
    private long marked;
    private long newest;

    private record Mark(long position, long newest) {}

    VersionTimes(Session session) {
        this.session = session;
    }

    /** Reads where the marks end. */
    void read() throws SQLException {
        pending.clear();
        marked = session.number("SELECT max(position) FROM version_times").orElse(0);
        newest =
                session.number(
                                "SELECT max(newest) FROM (SELECT newest FROM version_times WHERE"
                                        + " position = ?1 UNION ALL SELECT max(last_updated) FROM"
                                        + " versions WHERE position > ?1)",
                                marked)
                        .orElse(Long.MIN_VALUE);
    }

    /** Takes note of a version; positions rise. */
    void add(long position, long lastUpdated) {
        newest = Math.max(newest, lastUpdated);
        if (position >= marked + DISTANCE) {
            marked = position;
            pending.add(new Mark(position, newest));
        }
    }

    void flush() throws SQLException {
        for (Mark mark : pending) {
            session.update("INSERT INTO version_times VALUES (?, ?)", mark.position, mark.newest);
        }
        pending.clear();
    }
}
