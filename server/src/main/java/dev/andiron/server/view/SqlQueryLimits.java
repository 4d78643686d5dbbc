package dev.andiron.server.view;

import java.time.Duration;

/**
 * The bounds of SQL queries.
 *
 * @param time how long one runs
 * @param rows how many it gives
 * @param bytes how large its answer becomes
 */
public record SqlQueryLimits(Duration time, int rows, long bytes) {}
