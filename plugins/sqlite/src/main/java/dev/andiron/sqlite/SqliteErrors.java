package dev.andiron.sqlite;

import dev.andiron.spi.StorageException;

import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

import java.sql.SQLException;
import java.time.Duration;

/** SQLite's error codes as the SPI's exceptions. */
final class SqliteErrors {
    private static final Duration SOON = Duration.ofSeconds(1);

    /** The low byte of an extended code is the primary one. */
    private static final int PRIMARY = 0xFF;

    private SqliteErrors() {}

    static StorageException of(SQLException error) {
        return switch (primary(error)) {
            case SQLITE_BUSY, SQLITE_LOCKED ->
                    new StorageException.Unavailable(
                            "the database is locked by another program", SOON, error);
            case SQLITE_FULL ->
                    new StorageException.OutOfSpace("the database has no room left", error);
            case SQLITE_IOERR ->
                    new StorageException.OutOfSpace(
                            "the disk of the database failed or is full", error);
            case SQLITE_CORRUPT ->
                    new StorageException.Corrupt("the database file is damaged", error);
            case SQLITE_NOTADB ->
                    new StorageException.Corrupt("the file is not a SQLite database", error);
            case SQLITE_INTERRUPT ->
                    new StorageException.Timeout(
                            "the database took longer than the statement-timeout", error);
            case SQLITE_TOOBIG ->
                    new StorageException.TooLarge("a resource is larger than SQLite takes");
            case SQLITE_READONLY, SQLITE_CANTOPEN, SQLITE_PERM, SQLITE_AUTH ->
                    new StorageException.Unavailable(
                            "the database file cannot be opened for writing", SOON, error);
            default -> new StorageException.Internal("the database failed", error);
        };
    }

    /**
     * Whether a statement was refused as out of place, such as a rollback without a transaction.
     */
    static boolean isMisuse(SQLException error) {
        return primary(error) == SQLiteErrorCode.SQLITE_ERROR;
    }

    private static SQLiteErrorCode primary(SQLException error) {
        return error instanceof SQLiteException sqlite
                ? SQLiteErrorCode.getErrorCode(sqlite.getResultCode().code & PRIMARY)
                : SQLiteErrorCode.UNKNOWN_ERROR;
    }
}
