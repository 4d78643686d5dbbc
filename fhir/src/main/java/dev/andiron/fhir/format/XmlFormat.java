package dev.andiron.fhir.format;

import dev.andiron.fhir.definition.Definitions;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.fhir.json.JsonWriter;
import dev.andiron.fhir.outcome.FhirException;

import java.nio.charset.StandardCharsets;

/**
 * FHIR XML to JSON and back, by the definitions and without loss in between: the digits of
 * decimals, ids and extensions of primitives, line breaks in texts. Comments are dropped, since
 * JSON has no place for them; whatever else one form could not hold is refused. Safe for use by
 * many threads.
 */
public final class XmlFormat {
    private final Definitions definitions;

    public XmlFormat(Definitions definitions) {
        this.definitions = definitions;
    }

    /**
     * Reads a resource. Its texts, and what must be there, are left to the validator.
     *
     * @param xml in UTF-8
     * @throws FhirException 400 with line and column if it is not XML, has a document type or
     *     processing instruction, or is not the XML of a resource
     */
    public JsonObject read(byte[] xml) {
        return XmlInput.read(definitions, xml);
    }

    /**
     * Writes a resource, its elements in the order that the definitions give.
     *
     * @param isPretty whether each element gets a line of its own
     * @throws FhirException 406 if it cannot be written as XML, which no resource is that the
     *     validator accepts as one of a defined type
     */
    public byte[] write(JsonObject resource, boolean isPretty) {
        return new XmlOutput(definitions, isPretty)
                .write(resource)
                .getBytes(StandardCharsets.UTF_8);
    }

    /** {@link #read} to the bytes of JSON. */
    public byte[] toJson(byte[] xml) {
        return JsonWriter.compact(read(xml));
    }

    /** {@link #write} from the bytes of JSON. */
    public byte[] toXml(byte[] json) {
        return write(JsonReader.readObject(json), false);
    }
}
