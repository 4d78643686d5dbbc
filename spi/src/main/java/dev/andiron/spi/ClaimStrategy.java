package dev.andiron.spi;

/** How a backend lets one of many workers claim a long-running job. */
public enum ClaimStrategy {
    /** It keeps no jobs. */
    NONE,
    /** Within one server process only. */
    PROCESS_LOCAL,
    /** By a row lock that other nodes skip. */
    ROW_LOCK,
    /** By replacing an object only if it is unchanged. */
    CONDITIONAL_WRITE
}
