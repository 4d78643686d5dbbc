package dev.andiron.server.export;

import dev.andiron.fhir.json.JsonObject;

/**
 * A table that is exported instead of the resources themselves.
 *
 * @param name what it is called, once in an export
 * @param type the resources that its rows are of
 * @param definition the ViewDefinition as it was when the export was asked for
 */
record ExportTable(String name, String type, JsonObject definition) {}
