package dev.andiron.fhir.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.parser.LenientErrorHandler;

import dev.andiron.fhir.SyntheaSample;
import dev.andiron.fhir.definition.Definitions;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.fhir.json.JsonValue;
import dev.andiron.fhir.outcome.FhirException;
import dev.andiron.spi.resource.FhirVersion;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;

class XmlFormatTest {
    /** Another implementation, to agree with. */
    private static final FhirContext HAPI = hapi();

    private final XmlFormat format = new XmlFormat(Definitions.of(FhirVersion.R4));

    private static FhirContext hapi() {
        FhirContext context = FhirContext.forR4();
        context.getParserOptions().setStripVersionsFromReferences(false);
        context.getParserOptions().setOverrideResourceIdWithBundleEntryFullUrl(false);
        context.setParserErrorHandler(new LenientErrorHandler(false));
        return context;
    }

    /** What HAPI's own model keeps, too. */
    static List<String> common() {
        return Stream.concat(
                        SyntheaSample.resources().stream(),
                        Stream.of(
                                """
                                {"resourceType":"Observation","id":"a","status":"final","code":{"text":"x"},"valueQuantity":{"value":1.50}}\
                                """,
                                """
                                {"resourceType":"Observation","valueQuantity":{"value":100000000000000000000.00}}\
                                """,
                                """
                                {"resourceType":"Patient","name":[{"given":["A","B"],"_given":[null,{"extension":[{"url":"http://x/z","valueCode":"c d"}]}]}],
                                 "_birthDate":{"extension":[{"url":"http://x/y","valueDateTime":"2020-01-01T10:00:00.1234+02:00"}]}}\
                                """,
                                """
                                {"resourceType":"Observation","contained":[{"resourceType":"Patient","id":"p"},{"resourceType":"Patient","id":"q"}],
                                 "subject":{"reference":"#p"},"performer":[{"reference":"Patient/1/_history/3"},{"reference":"Practitioner?identifier=a|b"}]}\
                                """,
                                """
                                {"resourceType":"Bundle","type":"searchset","total":1,"link":[{"relation":"self","url":"http://x/?a=b&c=d"}],
                                 "entry":[{"fullUrl":"http://x/fhir/Patient/9","resource":{"resourceType":"Patient","id":"7","meta":{"versionId":"3",
                                 "lastUpdated":"2024-02-29T10:00:00.000Z"}},"search":{"mode":"match"}},{"response":{"status":"200","etag":"W/\\"1\\""}}]}\
                                """,
                                """
                                {"resourceType":"Parameters","parameter":[{"name":"p","part":[{"name":"q","resource":{"resourceType":"Binary",
                                 "contentType":"text/plain","data":"YWI="}}]},{"name":"v","valueBoolean":false}]}\
                                """,
                                """
                                {"resourceType":"Patient","id":"x","extension":[{"id":"e","url":"http://e","extension":[{"url":"k","valueInteger":0}]}],
                                 "modifierExtension":[{"url":"http://m","valueDecimal":1.10}],"text":{"status":"generated",
                                 "div":"<div xmlns=\\"http://www.w3.org/1999/xhtml\\">a &lt; b<br/><a href=\\"x?a&amp;b\\">l</a></div>"}}\
                                """))
                .toList();
    }

    /** What only we keep. */
    static List<String> ours() {
        return List.of(
                """
                {"resourceType":"Patient","name":[{"given":["A",null,"B"],"_given":[null,{"id":"g"},{"id":"h"}],"_family":{"id":"f"}}]}\
                """,
                """
                {"resourceType":"Patient","birthDate":"1970","_birthDate":{"id":"b"},"gender":"no such code"}\
                """,
                """
                {"resourceType":"Patient","contained":[{"resourceType":"Patient","active":true}],"name":[{"text":" a\\nb\\tc\\r <&>\\"' \\u0085 😀 "}]}\
                """,
                """
                {"resourceType":"Patient","text":{"status":"generated","div":"<div xmlns=\\"http://www.w3.org/1999/xhtml\\"><!-- c --> &lt;</div>"}}\
                """,
                """
                {"resourceType":"Observation","valueQuantity":{"value":1.0E-10},"component":[{"valueQuantity":{"value":1e3}}]}\
                """);
    }

    static List<String> all() {
        return Stream.concat(common().stream(), ours().stream()).toList();
    }

    @ParameterizedTest
    @MethodSource("all")
    void givesBackWhatItWrote(String json) {
        JsonValue tree = JsonReader.read(utf8(json));
        assertEquals(tree, JsonReader.read(format.toJson(format.toXml(utf8(json)))));
        byte[] pretty = format.write(JsonReader.readObject(utf8(json)), true);
        assertEquals(tree, format.read(pretty));
    }

    @ParameterizedTest
    @MethodSource("common")
    void hapiReadsWhatWeWrite(String json) {
        String xml = new String(format.toXml(utf8(json)), StandardCharsets.UTF_8);
        String again =
                HAPI.newJsonParser().encodeResourceToString(HAPI.newXmlParser().parseResource(xml));
        assertEquals(JsonReader.read(utf8(json)), JsonReader.read(utf8(again)));
    }

    @ParameterizedTest
    @MethodSource("common")
    void weReadWhatHapiWrites(String json) {
        String xml =
                HAPI.newXmlParser()
                        .encodeResourceToString(HAPI.newJsonParser().parseResource(json));
        assertEquals(JsonReader.read(utf8(json)), JsonReader.read(format.toJson(utf8(xml))));
    }

    @Test
    void elementsGoInTheOrderOfTheDefinitions() {
        assertEquals(
                "<Patient xmlns=\"http://hl7.org/fhir\"><id value=\"a\"/><active value=\"true\"/>"
                        + "<gender value=\"male\"/></Patient>",
                new String(
                        format.toXml(
                                utf8(
                                        """
                                        {"gender":"male","active":true,"id":"a","resourceType":"Patient"}\
                                        """)),
                        StandardCharsets.UTF_8));
    }

    @Test
    void narrativesGetTheirNamespaceAndEntitiesByNumber() {
        assertEquals(
                "<Patient xmlns=\"http://hl7.org/fhir\"><text>"
                        + "<div xmlns=\"http://www.w3.org/1999/xhtml\">a&#160;&amp;&#8364;</div>"
                        + "</text></Patient>",
                new String(
                        format.toXml(
                                utf8(
                                        """
                                        {"resourceType":"Patient","text":{"div":"<div>a&nbsp;&amp;&euro;</div>"}}\
                                        """)),
                        StandardCharsets.UTF_8));
    }

    @Test
    void commentsPrefixesAndSchemaHintsAreReadOver() {
        assertEquals(
                "{\"resourceType\":\"Patient\",\"active\":true}",
                format.read(
                                utf8(
                                        """
                                        <?xml version="1.0" encoding="UTF-8"?><!-- x -->
                                        <f:Patient xmlns:f="http://hl7.org/fhir" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
                                         xsi:schemaLocation="http://hl7.org/fhir patient.xsd"><!-- y --><f:active value="true"/></f:Patient>
                                        <!-- z -->\
                                        """))
                        .toString());
    }

    record Refusal(String xml, String diagnostics) {}

    static List<Refusal> refusals() {
        return List.of(
                new Refusal("", "not XML"),
                new Refusal("{}", "not XML"),
                new Refusal("<Patient xmlns='http://hl7.org/fhir'>", "not XML"),
                new Refusal("<Patient/>", "is not in the namespace http://hl7.org/fhir"),
                new Refusal("<Foo xmlns='http://hl7.org/fhir'/>", "'Foo' is not a resource type"),
                new Refusal(
                        "<!DOCTYPE Patient [<!ENTITY x SYSTEM 'file:///etc/hostname'>]>"
                                + "<Patient xmlns='http://hl7.org/fhir'><gender value='&x;'/>"
                                + "</Patient>",
                        "document type declaration"),
                new Refusal(
                        "<!DOCTYPE a [<!ENTITY b 'bb'><!ENTITY c '&b;&b;&b;&b;&b;&b;'>]>"
                                + "<Patient xmlns='http://hl7.org/fhir'/>",
                        "document type declaration"),
                new Refusal(
                        "<?xml version='1.0' encoding='ISO-8859-1'?>"
                                + "<Patient xmlns='http://hl7.org/fhir'/>",
                        "the encoding ISO-8859-1"),
                patient("<?php x?>", "processing instructions"),
                patient("<gender value='&x;'/>", "not XML"),
                patient("<foo value='x'/>", "Unknown element 'foo' in Patient (line 1"),
                patient("<gender>male</gender>", "written in the attribute 'value'"),
                patient("<gender value='male'/><gender value='male'/>", "does not repeat"),
                patient("<gender foo='x'/>", "Unknown attribute 'foo' of 'gender'"),
                patient("<gender value=''/>", "must not be empty"),
                patient("<gender/>", "neither a value nor extensions"),
                patient("<gender><value value='x'/></gender>", "Unknown element 'value'"),
                patient("<name/>", "must not be empty"),
                patient("<name value='x'/>", "Unknown attribute 'value' of 'name'"),
                patient("<active value='yes'/>", "not a valid boolean"),
                patient("<multipleBirthInteger value='+1'/>", "not a valid integer"),
                patient("<multipleBirthInteger value='1e999999999'/>", "not a valid integer"),
                patient("<contained/>", "must hold a resource"),
                patient(
                        "<contained><Patient><id value='a'/></Patient>"
                                + "<Patient><id value='b'/></Patient></contained>",
                        "one resource only"),
                patient(
                        "<text><div xmlns='http://www.w3.org/1999/xhtml'><x"
                                + " xmlns='y'/></div></text>",
                        "not in the namespace of XHTML"),
                patient("<text><div>x</div></text>", "is not in the namespace"),
                patient("<extension url='a'>".repeat(120) + "</extension>".repeat(120), "100"));
    }

    private static Refusal patient(String content, String diagnostics) {
        return new Refusal(
                "<Patient xmlns='http://hl7.org/fhir'>" + content + "</Patient>", diagnostics);
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void refuses(Refusal refusal) {
        FhirException e =
                assertThrows(FhirException.class, () -> format.toJson(utf8(refusal.xml())));
        assertEquals(400, e.status());
        assertTrue(e.getMessage().contains(refusal.diagnostics()), e.getMessage());
    }

    @Test
    void textThatIsNotUtf8IsRefused() {
        byte[] latin =
                "<Patient xmlns='http://hl7.org/fhir'>é</Patient>"
                        .getBytes(StandardCharsets.ISO_8859_1);
        assertEquals(400, assertThrows(FhirException.class, () -> format.toJson(latin)).status());
    }

    @Test
    void whatXmlCannotHoldIsRefused() {
        for (String json :
                List.of(
                        "{\"resourceType\":\"Patient\",\"foo\":1}",
                        "{\"resourceType\":\"Chart\"}",
                        "{\"resourceType\":\"Patient\",\"gender\":\"\\u0000\"}",
                        "{\"resourceType\":\"Patient\",\"name\":[\"x\"]}",
                        "{\"resourceType\":\"Patient\",\"text\":{\"div\":\"<div>\"}}")) {
            FhirException e =
                    assertThrows(FhirException.class, () -> format.toXml(utf8(json)), json);
            assertEquals(406, e.status());
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
