package dev.andiron.fhir.search;

/** How much of each match a search returns ({@code _summary}). */
public enum Summary {
    /** All of it. */
    FALSE,
    /** The elements that the definitions mark as summary. */
    TRUE,
    /** Text, id, meta and mandatory elements. */
    TEXT,
    /** Everything but the text. */
    DATA,
    /** No matches, only how many there are. */
    COUNT
}
