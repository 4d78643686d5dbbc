package dev.andiron.fhir.patch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.fhir.definition.Definitions;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.fhir.outcome.FhirException;
import dev.andiron.spi.resource.FhirVersion;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.charset.StandardCharsets;

class FhirPathPatchTest {
    private final FhirPathPatch patch = new FhirPathPatch(Definitions.of(FhirVersion.R4));

    /** What a Patient has before, the operation's parts, and what it has afterwards. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    "birthDate":"1920-01-01" | replace Patient.birthDate;valueDate:"1930-01-01" | "birthDate":"1930-01-01"
                    "birthDate":"1920-01-01","active":true | delete Patient.birthDate | "active":true
                    "active":true | delete Patient.birthDate | "active":true
                    "active":true | add Patient;name=birthDate;valueDate:"1930-01-01" | "active":true,"birthDate":"1930-01-01"
                    "contact":[{"name":{"text":"a"},"gender":"male"}] | replace Patient.contact[0].gender;valueCode:"female" | "contact":[{"name":{"text":"a"},"gender":"female"}]
                    "contact":[{"name":{"text":"a"},"gender":"male"}] | replace Patient.contact[0].name.text;valueString:"b" | "contact":[{"name":{"text":"b"},"gender":"male"}]
                    "contact":[{"name":{"text":"a"},"gender":"male"}] | delete Patient.contact[0].name.text | "contact":[{"gender":"male"}]
                    "active":true,"contact":[{"name":{"text":"a"}}] | delete Patient.contact[0].name.text | "active":true
                    "contact":[{"name":{"text":"a"}}] | add Patient.contact[0];name=gender;valueCode:"male" | "contact":[{"name":{"text":"a"},"gender":"male"}]
                    "active":true | add Patient;name=maritalStatus;valueCodeableConcept:{"text":"m"} | "active":true,"maritalStatus":{"text":"m"}
                    "maritalStatus":{"id":"1","text":"m"} | replace Patient.maritalStatus;valueCodeableConcept:{"id":"2","text":"n"} | "maritalStatus":{"id":"2","text":"n"}
                    "active":true | add Patient;name=contact;part:[{"name":"name","valueHumanName":{"text":"a"}}] | "active":true,"contact":[{"name":{"text":"a"}}]
                    "active":true,"contact":[{"name":{"text":"a"}}] | delete Patient.contact[0] | "active":true
                    "identifier":[{"value":"1"},{"value":"2"}] | insert Patient.identifier;index=2;valueIdentifier:{"value":"3"} | "identifier":[{"value":"1"},{"value":"2"},{"value":"3"}]
                    "identifier":[{"value":"1"},{"value":"2"}] | insert Patient.identifier;index=0;valueIdentifier:{"value":"3"} | "identifier":[{"value":"3"},{"value":"1"},{"value":"2"}]
                    "active":true | insert Patient.identifier;index=0;valueIdentifier:{"value":"3"} | "active":true,"identifier":[{"value":"3"}]
                    "identifier":[{"value":"1"},{"value":"2"}] | add Patient;name=identifier;valueIdentifier:{"value":"3"} | "identifier":[{"value":"1"},{"value":"2"},{"value":"3"}]
                    "identifier":[{"value":"1"},{"value":"2"}] | delete Patient.identifier[0] | "identifier":[{"value":"2"}]
                    "identifier":[{"value":"1"},{"value":"2"},{"value":"3"}] | move Patient.identifier;source=2;destination=0 | "identifier":[{"value":"3"},{"value":"1"},{"value":"2"}]
                    "identifier":[{"value":"1"},{"value":"2"},{"value":"3"}] | move Patient.identifier;source=0;destination=2 | "identifier":[{"value":"2"},{"value":"3"},{"value":"1"}]
                    "identifier":[{"system":"a","value":"1"},{"system":"b","value":"2"}] | replace Patient.identifier.where(system='b').value;valueString:"9" | "identifier":[{"system":"a","value":"1"},{"system":"b","value":"9"}]
                    "name":[{"given":["a","b"],"_given":[{"id":"x"},null]}] | delete Patient.name[0].given[0] | "name":[{"given":["b"]}]
                    "name":[{"given":["a","b"],"_given":[null,{"id":"x"}]}] | move Patient.name[0].given;source=1;destination=0 | "name":[{"given":["b","a"],"_given":[{"id":"x"},null]}]
                    "birthDate":"1920-01-01","_birthDate":{"id":"x"} | replace Patient.birthDate;valueDate:"1930" | "birthDate":"1930"
                    "active":true | add Patient;name=deceased;valueBoolean:true | "active":true,"deceasedBoolean":true
                    "deceasedBoolean":true | replace Patient.deceased;valueDateTime:"2020" | "deceasedDateTime":"2020"
                    "extension":[{"url":"u","valueDecimal":1.10}] | add Patient;name=extension;valueExtension:{"url":"v","valueDecimal":2.00} | "extension":[{"url":"u","valueDecimal":1.10},{"url":"v","valueDecimal":2.00}]
                    """)
    void applies(String before, String operation, String after) {
        assertEquals(patient(after), patch.apply(patient(before), parameters(operation)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    422 | replace Patient.birthDate;valueDate:"1930" | no element
                    422 | delete Patient.name | 2 elements
                    422 | add Patient;name=active;valueBoolean:true | replace it instead
                    422 | add Patient;name=colour;valueString:"red" | colour
                    422 | add Patient;name=deceased;valueString:"yes" | deceased
                    422 | insert Patient.name;index=3;valueHumanName:{"text":"a"} | index 3
                    422 | move Patient.name;source=0;destination=2 | destination 2
                    422 | move Patient.active;source=0;destination=0 | one list
                    422 | delete Patient | itself
                    422 | replace Patient.id;valueId:"2" | 'id'
                    422 | delete Patient.id | 'id'
                    422 | delete Patient.name.count() | computes
                    400 | replace Patient.;valueDate:"1930" | path
                    400 | remove Patient.active | remove
                    400 | replace Patient.active | value
                    400 | insert Patient.name;valueHumanName:{"text":"a"} | index
                    400 | delete Patient.active;colour=red | colour
                    """)
    void refuses(int status, String operation, String named) {
        JsonObject resource =
                patient("\"active\":true,\"name\":[{\"text\":\"a\"},{\"text\":\"b\"}]");
        var refusal =
                assertThrows(
                        FhirException.class, () -> patch.apply(resource, parameters(operation)));
        assertEquals(status, refusal.status(), refusal.getMessage());
        assertTrue(refusal.getMessage().contains(named), refusal.getMessage());
        assertTrue(
                named.equals("'id'") || refusal.getMessage().contains("[0]"), refusal.getMessage());
    }

    /** {@code type path;name=...;index=...;valueX:json} as a Parameters resource. */
    private static JsonObject parameters(String operation) {
        String[] fields = operation.split(";");
        String[] head = fields[0].split(" ", 2);
        var parts = new StringBuilder();
        part(parts, "type", "valueCode", "\"" + head[0] + "\"");
        part(parts, "path", "valueString", "\"" + head[1] + "\"");
        for (int i = 1; i < fields.length; i++) {
            int equals = fields[i].indexOf('=');
            int colon = fields[i].indexOf(':');
            if (equals > 0 && (colon < 0 || equals < colon)) {
                String name = fields[i].substring(0, equals);
                String value = fields[i].substring(equals + 1);
                boolean number = value.matches("[0-9]+");
                part(
                        parts,
                        name,
                        number ? "valueInteger" : "valueString",
                        number ? value : "\"" + value + "\"");
            } else {
                part(parts, "value", fields[i].substring(0, colon), fields[i].substring(colon + 1));
            }
        }
        return read(
                "{\"resourceType\":\"Parameters\",\"parameter\":[{\"name\":\"operation\",\"part\":["
                        + parts
                        + "]}]}");
    }

    private static void part(StringBuilder parts, String name, String member, String json) {
        parts.append(parts.isEmpty() ? "" : ",")
                .append("{\"name\":\"%s\",\"%s\":%s}".formatted(name, member, json));
    }

    private static JsonObject patient(String members) {
        return read("{\"resourceType\":\"Patient\",\"id\":\"1\",%s}".formatted(members));
    }

    private static JsonObject read(String json) {
        return JsonReader.readObject(json.getBytes(StandardCharsets.UTF_8));
    }
}
