package dev.andiron.postgres;

import dev.andiron.spi.StorageException;

import org.postgresql.util.PSQLException;

import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.Optional;

/** PostgreSQL's error codes (SQLSTATE) as the SPI's exceptions. */
final class PostgresErrors {
    private static final Duration SOON = Duration.ofSeconds(1);

    /** Raised by functions of compiled views. */
    private static final String BROKEN_RULE = "AN001";

    private static final String STANDBY = "25006";
    private static final String NO_PRIVILEGE = "42501";
    private static final String NO_SUCH_DATABASE = "3D000";

    private PostgresErrors() {}

    static StorageException of(SQLException error) {
        String state = state(error);
        if (error instanceof SQLTransientConnectionException) {
            // The pool tells of the last connection that it could not make, if there was one.
            return error.getCause() instanceof SQLException cause
                    ? of(cause)
                    : new StorageException.Unavailable(
                            "no connection to the database became free in time", SOON, error);
        }
        if (isLostConnection(error)) {
            return new StorageException.Unavailable("the database cannot be reached", SOON, error);
        }
        return switch (state) {
            case "57014" ->
                    new StorageException.Timeout(
                            "the database took longer than the statement-timeout", error);
            case "40001", "40P01", "23505" ->
                    new StorageException.Unavailable(
                            "too many write the same at once", SOON, error);
            case "55P03" ->
                    new StorageException.Unavailable(
                            "others hold what this commit writes for longer than the lock-timeout",
                            SOON,
                            error);
            case "53100" -> new StorageException.OutOfSpace("the database has no room left", error);
            case STANDBY ->
                    new StorageException.Unavailable(
                            "the database is a standby that takes no writes", SOON, error);
            case "54000", "22003", "53400", "22P05", "54023" ->
                    new StorageException.TooLarge("a value is larger than the database takes");
            case "XX001", "XX002" ->
                    new StorageException.Corrupt("the database reports damaged data", error);
            case NO_SUCH_DATABASE ->
                    new StorageException.Unavailable("the database does not exist", SOON, error);
            case NO_PRIVILEGE ->
                    new StorageException.Unavailable(
                            "the database role lacks a privilege", SOON, error);
            default ->
                    state.startsWith("28")
                            ? new StorageException.Unavailable(
                                    "the database refuses the role or its password", SOON, error)
                            : state.startsWith("53")
                                    ? new StorageException.Unavailable(
                                            "the database takes no more connections or statements",
                                            SOON,
                                            error)
                                    : new StorageException.Internal("the database failed", error);
        };
    }

    /** Whether the server is one that takes no writes. */
    static boolean isStandby(SQLException error) {
        return state(error).equals(STANDBY);
    }

    static boolean lacksPrivilege(SQLException error) {
        return state(error).equals(NO_PRIVILEGE);
    }

    static boolean isNoSuchDatabase(SQLException error) {
        return state(error).equals(NO_SUCH_DATABASE);
    }

    /** Whether somebody else has made what was to be made. */
    static boolean isAlreadyThere(SQLException error) {
        return switch (state(error)) {
            case "42P04", "42P06", "23505" -> true;
            default -> false;
        };
    }

    /** The rule of a compiled view that the data break, if that is what the error is. */
    static Optional<String> brokenRule(SQLException error) {
        return switch (state(error)) {
            case BROKEN_RULE ->
                    Optional.of(
                            error instanceof PSQLException said
                                            && said.getServerErrorMessage() != null
                                    ? said.getServerErrorMessage().getMessage()
                                    : "it does not fit the data");
            case "22003" -> Optional.of("an integer is out of range");
            case "22P02", "22P05" ->
                    Optional.of("a stored value is not what its element has to be");
            default -> Optional.empty();
        };
    }

    /** Whether the connection is gone or the server is going. */
    static boolean isLostConnection(SQLException error) {
        String state = state(error);
        return state.startsWith("08")
                || state.startsWith("57P")
                || error instanceof PSQLException && state.isEmpty();
    }

    /**
     * Whether a connection was there and is lost: another may be had at once. Who has waited for
     * one in vain would wait as long again.
     */
    static boolean isInterruption(SQLException error) {
        return isLostConnection(error) && !(error instanceof SQLTransientConnectionException);
    }

    /** Whether the transaction was rolled back because of others, and may do better next time. */
    static boolean isRace(SQLException error) {
        return switch (state(error)) {
            case "40001", "40P01", "23505" -> true;
            default -> false;
        };
    }

    /** Whether another row has the key. */
    static boolean isDuplicate(SQLException error) {
        return state(error).equals("23505");
    }

    /** Whether the row that a new one belongs to is not there. */
    static boolean isMissingReference(SQLException error) {
        return state(error).equals("23503");
    }

    private static String state(SQLException error) {
        return error.getSQLState() == null ? "" : error.getSQLState();
    }
}
