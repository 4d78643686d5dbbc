package dev.andiron.fhir.json;

/** The JSON null. */
public enum JsonNull implements JsonValue {
    NULL
}
