package dev.andiron.server.interaction;

/** The HTTP methods that FHIR interactions use. */
public enum Method {
    GET,
    HEAD,
    POST,
    PUT,
    PATCH,
    DELETE
}
