package dev.andiron.sql.job;

import dev.andiron.spi.job.Job;
import dev.andiron.spi.job.JobId;
import dev.andiron.spi.job.JobState;
import dev.andiron.spi.job.Progress;
import dev.andiron.spi.resource.Json;
import dev.andiron.spi.tenant.TenantId;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/** A job as a row of the table {@code jobs}, which each plugin creates in its own types. */
public final class JobRow {
    /** What {@link #read} takes, in its order. */
    public static final String COLUMNS =
            "tenant, id, kind, request, submitted, state, attempts, due, started, ended, done,"
                    + " total, progress, checkpoint, result, failure";

    /** How many they are. */
    public static final int COLUMN_COUNT = 16;

    private JobRow() {}

    /** The number of a state, which never changes. */
    public static int number(JobState state) {
        return switch (state) {
            case ACCEPTED -> 0;
            case RUNNING -> 1;
            case COMPLETED -> 2;
            case FAILED -> 3;
            case CANCELLED -> 4;
        };
    }

    /** The state of a number. */
    public static JobState state(int number) {
        for (JobState state : JobState.values()) {
            if (number(state) == number) {
                return state;
            }
        }
        throw new IllegalArgumentException("no state has the number " + number);
    }

    /** Reads {@link #COLUMNS}. */
    public static Job read(ResultSet row) throws SQLException {
        return new Job(
                new TenantId(row.getString(1)),
                new JobId(row.getString(2)),
                row.getString(3),
                json(row, 4).orElse(Json.empty()),
                Instant.ofEpochMilli(row.getLong(5)),
                state(row.getInt(6)),
                row.getInt(7),
                Instant.ofEpochMilli(row.getLong(8)),
                instant(row, 9),
                instant(row, 10),
                new Progress(row.getLong(11), number(row, 12), row.getString(13)),
                json(row, 14).orElse(Json.empty()),
                json(row, 15),
                Optional.ofNullable(row.getString(16)));
    }

    private static Optional<Json> json(ResultSet row, int column) throws SQLException {
        return Optional.ofNullable(row.getBytes(column)).map(Json::of);
    }

    private static Optional<Instant> instant(ResultSet row, int column) throws SQLException {
        OptionalLong value = number(row, column);
        return value.isPresent()
                ? Optional.of(Instant.ofEpochMilli(value.getAsLong()))
                : Optional.empty();
    }

    private static OptionalLong number(ResultSet row, int column) throws SQLException {
        long value = row.getLong(column);
        return row.wasNull() ? OptionalLong.empty() : OptionalLong.of(value);
    }
}
