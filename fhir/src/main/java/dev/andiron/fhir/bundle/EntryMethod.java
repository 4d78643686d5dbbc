package dev.andiron.fhir.bundle;

/** The HTTP methods that an entry's request may have (value set http-verb). */
public enum EntryMethod {
    GET,
    HEAD,
    POST,
    PUT,
    PATCH,
    DELETE;

    /** Whether a resource comes with it. */
    public boolean carriesResource() {
        return this == POST || this == PUT || this == PATCH;
    }

    /** Whether it changes nothing. */
    public boolean isRead() {
        return this == GET || this == HEAD;
    }
}
