package dev.andiron.fhir.bundle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.andiron.fhir.definition.Definitions;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.spi.resource.FhirVersion;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

class ReferencesTest {
    private static final String ENTRY = "urn:uuid:61ebe359-bfdc-4613-8bf2-c5e300945f0a";

    private final References references = new References(Definitions.of(FhirVersion.R4));

    /** %s stands for the full URL before, and for the new place after. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    {"resourceType":"Observation","subject":{"reference":"%s"}}
                    {"resourceType":"Observation","performer":[{"display":"a"},{"reference":"%s"}]}
                    {"resourceType":"Observation","subject":{"reference":"%s#part"}}
                    {"resourceType":"Patient","extension":[{"url":"http://a","valueReference":{"reference":"%s"}}]}
                    {"resourceType":"Patient","extension":[{"url":"http://a","valueUri":"%s"}]}
                    {"resourceType":"Patient","extension":[{"url":"http://a","valueUrl":"%s"}]}
                    {"resourceType":"Patient","extension":[{"url":"http://a","valueUuid":"%s"}]}
                    {"resourceType":"Patient","extension":[{"url":"http://a","extension":[{"url":"http://b","valueUri":"%s"}]}]}
                    {"resourceType":"Patient","_birthDate":{"extension":[{"url":"http://a","valueReference":{"reference":"%s"}}]}}
                    {"resourceType":"Patient","contained":[{"resourceType":"Organization","id":"o","partOf":{"reference":"%s"}}]}
                    {"resourceType":"Parameters","parameter":[{"name":"a","part":[{"name":"b","valueReference":{"reference":"%s"}}]}]}
                    {"resourceType":"Parameters","parameter":[{"name":"a","resource":{"resourceType":"DocumentReference","content":[{"attachment":{"url":"%s"}}]}}]}
                    {"resourceType":"List","entry":[{"item":{"reference":"%s"}}]}
                    {"resourceType":"DocumentReference","content":[{"attachment":{"url":"%s"}}]}
                    {"resourceType":"PlanDefinition","action":[{"definitionUri":"%s"}]}
                    {"resourceType":"Patient","text":{"status":"generated","div":"<div><p>x &amp; <a class='c' href=\\"%s\\">a</a><img src='%s'/></p></div>"}}
                    """)
    void leadsElsewhere(String json) {
        JsonObject before = read(json.replace("%s", ENTRY));
        assertEquals(
                read(json.replace("%s", "Patient/7")),
                references.rewrite(before, new Moved(), Set.of("urn:")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    {"resourceType":"Patient","identifier":[{"system":"urn:ietf:rfc:3986","value":"%s"}]}
                    {"resourceType":"Patient","identifier":[{"system":"%s","value":"1"}]}
                    {"resourceType":"Patient","extension":[{"url":"%s","valueString":"%s"}]}
                    {"resourceType":"Patient","name":[{"text":"%s"}]}
                    {"resourceType":"Patient","text":{"status":"generated","div":"<div>%s href=%s</div>"}}
                    {"resourceType":"Patient","extension":[{"url":"http://a","valueCanonical":"%s"}]}
                    {"resourceType":"ActivityDefinition","url":"%s","library":["%s"]}
                    {"resourceType":"Observation","subject":{"reference":"#%s"}}
                    {"resourceType":"Bundle","type":"collection","entry":[{"fullUrl":"%s","resource":{"resourceType":"Basic","subject":{"reference":"%s"}}}]}
                    """)
    void leavesWhatIsNoReference(String json) {
        JsonObject before = read(json.replace("%s", ENTRY));
        assertSame(before, references.rewrite(before, new Moved(), Set.of("urn:")));
    }

    @Test
    void givesEveryReferenceOnce() {
        JsonObject resource =
                read(
                        """
                        {"resourceType":"Observation","subject":{"reference":"Patient/1"},
                         "performer":[{"reference":"Practitioner?identifier=a|b"},{"display":"c"}],
                         "contained":[{"resourceType":"Basic","author":{"reference":"#"}}]}
                        """);
        var found = new ArrayList<String>();
        References.forEach(resource, found::add);
        assertEquals(List.of("Patient/1", "Practitioner?identifier=a|b", "#"), found);
        assertEquals(
                Optional.of("Observation.performer[0].reference"),
                References.find(resource, "Observation", "Practitioner?identifier=a|b"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    Patient?identifier=a     | Patient
                    Patient/1                |
                    #a?b                     |
                    http://a/Patient?b=c     |
                    urn:uuid:a?b             |
                    patient?a=b              |
                    """)
    void knowsConditionalReferences(String text, String type) {
        assertEquals(
                Optional.ofNullable(type),
                ConditionalReference.of(text).map(ConditionalReference::type));
    }

    /** The entry is Patient/7 now. */
    private record Moved() implements ReferenceTargets {
        @Override
        public String reference(String text) {
            return text.startsWith(ENTRY) ? "Patient/7" + text.substring(ENTRY.length()) : text;
        }

        @Override
        public String link(String text) {
            return text.equals(ENTRY) ? "Patient/7" : text;
        }
    }

    private static JsonObject read(String json) {
        return JsonReader.readObject(json.getBytes(StandardCharsets.UTF_8));
    }
}
