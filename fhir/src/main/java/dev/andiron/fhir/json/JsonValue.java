package dev.andiron.fhir.json;

/** A JSON value. Immutable, except that strings cache their decoded form. */
public sealed interface JsonValue
        permits JsonObject, JsonArray, JsonString, JsonNumber, JsonBoolean, JsonNull {}
