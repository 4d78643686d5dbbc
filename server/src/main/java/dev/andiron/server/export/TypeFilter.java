package dev.andiron.server.export;

/**
 * What resources of a type have to match: one of the filters of that type.
 *
 * @param type the resource type
 * @param query a search without its type, such as {@code status=active&date=gt2018}
 */
record TypeFilter(String type, String query) {}
