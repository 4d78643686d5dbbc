package dev.andiron.spi.interceptor;

import dev.andiron.spi.resource.Json;
import dev.andiron.spi.tenant.TenantContext;

import java.util.List;
import java.util.Optional;

/** What a client asks for. Implemented by the server only, so that it may grow. Immutable. */
public interface InteractionRequest {

    /** Whose data it is about. */
    TenantContext tenant();

    /**
     * Which interaction it is, as the server's log calls it: {@code read}, {@code vread}, {@code
     * create}, {@code update}, {@code conditional-update}, {@code patch}, {@code delete}, {@code
     * search-type}, {@code history-instance}, {@code operation}, {@code bundle} and so on.
     */
    String interaction();

    /** The HTTP method, such as {@code GET}. */
    String method();

    /** The decoded segments behind the FHIR base, such as {@code [Patient, 1]}. */
    List<String> path();

    /** The first value of a parameter of the query or form; empty without one. */
    Optional<String> parameter(String name);

    /**
     * A header field of the HTTP request, that of the bundle for its entries; empty without one.
     *
     * @param name in any case
     */
    Optional<String> header(String name);

    /**
     * Who asks, as an interceptor before this one has found out ({@link Decision#proceedAs}); empty
     * if none has.
     */
    default Optional<String> principal() {
        return Optional.empty();
    }

    /**
     * The body as UTF-8 JSON (a body in XML has been translated, a form is in the parameters);
     * empty without one, and for uploads of many resources, which are read while they arrive. For
     * an entry of a bundle: its resource.
     */
    Json body();
}
