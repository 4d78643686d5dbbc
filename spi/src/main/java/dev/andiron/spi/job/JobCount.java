package dev.andiron.spi.job;

/**
 * How many jobs of a kind are in a state, in all tenants together.
 *
 * @param kind what they do
 * @param state where they stand
 * @param count how many, from 1
 */
public record JobCount(String kind, JobState state, long count) {}
