package dev.andiron.server.interaction;

import dev.andiron.fhir.json.JsonObject;
import dev.andiron.spi.resource.Json;

/** What a request carries. */
public sealed interface RequestBody {

    /** Nothing. */
    record Absent() implements RequestBody {}

    /**
     * JSON text as it came over the wire (XML has been translated already), or a patch.
     *
     * @param json the text
     * @param mediaType its media type without parameters, in lower case; {@code
     *     application/fhir+json} unless it is a patch of another kind
     */
    record Text(Json json, String mediaType) implements RequestBody {}

    /** A resource that has been parsed already: an entry of a bundle. */
    record Resource(JsonObject resource) implements RequestBody {}
}
