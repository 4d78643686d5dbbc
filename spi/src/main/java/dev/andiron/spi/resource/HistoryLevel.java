package dev.andiron.spi.resource;

/** The levels at which history can be listed (FHIR: {@code [type]/[id]/_history} and so on). */
public enum HistoryLevel {
    INSTANCE,
    TYPE,
    SYSTEM
}
