package dev.andiron.server.interaction;

import dev.andiron.fhir.json.JsonObject;
import dev.andiron.spi.resource.Json;

import java.io.InputStream;

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

    /**
     * Lines of resources that are read while they arrive, for an operation that takes them.
     *
     * @param stream the bytes as they were sent, perhaps compressed; read by one thread, not closed
     * @param mediaType their media type without parameters, in lower case
     */
    record Upload(InputStream stream, String mediaType) implements RequestBody {}

    /** A resource that has been parsed already: an entry of a bundle. */
    record Resource(JsonObject resource) implements RequestBody {}
}
