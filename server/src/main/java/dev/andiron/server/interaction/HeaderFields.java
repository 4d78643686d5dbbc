package dev.andiron.server.interaction;

import java.util.Optional;

/** The header fields of an HTTP request, for as long as it is answered. */
@FunctionalInterface
public interface HeaderFields {
    HeaderFields NONE = _ -> Optional.empty();

    /** The first value of a field, whose name is in any case. */
    Optional<String> first(String name);
}
