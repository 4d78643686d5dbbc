package dev.andiron.sql;

/**
 * A resource type of one tenant: what every key and every parameter number of the index leads back
 * to.
 *
 * @param number its number in the database
 * @param type the type's name
 */
public record Kind(long number, String type) {}
