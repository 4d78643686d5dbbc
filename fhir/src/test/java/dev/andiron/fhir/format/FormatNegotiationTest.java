package dev.andiron.fhir.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.fhir.outcome.FhirException;
import dev.andiron.spi.resource.FhirVersion;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.List;
import java.util.Optional;

class FormatNegotiationTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    application/fhir+json                                             | JSON
                    application/fhir+xml                                              | XML
                    APPLICATION/FHIR+XML                                              | XML
                    text/xml                                                          | XML
                    text/json                                                         | JSON
                    */*                                                               | JSON
                    application/*                                                     | JSON
                    application/xml;q=0.5, application/json;q=0.4                     | XML
                    application/xml;q=0.4, application/json;q=0.5                     | JSON
                    application/fhir+xml, application/fhir+json                       | XML
                    application/fhir+json, application/fhir+xml                       | JSON
                    application/fhir+xml;q=0.5, */*;q=0.1                             | XML
                    application/json;q=0, */*                                         | XML
                    text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8   | JSON
                    application/fhir+xml; fhirVersion=4.0                             | XML
                    application/fhir+xml; fhirVersion="4.0.1"                         | XML
                    application/fhir+xml; fhirVersion=5.0, application/fhir+json;q=0.1, */*;q=0.1 | JSON
                    image/png, application/xml;q=0.1                                  | XML
                    """)
    void takesWhatTheClientWantsMost(String accept, ResourceFormat expected) {
        assertEquals(
                expected,
                FormatNegotiation.response(
                        Optional.empty(), List.of(accept.split("(?<=,)")), FhirVersion.R4));
    }

    @Test
    void withoutAcceptJsonIsGiven() {
        assertEquals(
                ResourceFormat.JSON,
                FormatNegotiation.response(Optional.empty(), List.of(), FhirVersion.R4));
    }

    @ParameterizedTest
    @CsvSource({
        "json, JSON",
        "xml, XML",
        "application/fhir+xml, XML",
        "application/fhir xml, XML",
        "text/html, JSON",
        "application/fhir+json;fhirVersion=4.0, JSON"
    })
    void formatGoesBeforeAccept(String parameter, ResourceFormat expected) {
        assertEquals(
                expected,
                FormatNegotiation.response(
                        Optional.of(parameter), List.of("image/png"), FhirVersion.R4));
    }

    @ParameterizedTest
    @CsvSource({
        "ttl,",
        "application/fhir+xml;fhirVersion=5.0,",
        "'',",
        ",image/png",
        ",application/json;q=0",
        ",application/fhir+json;fhirVersion=3.0",
        ",application/fhir+turtle"
    })
    void refusesWhatItCannotGive(String parameter, String accept) {
        FhirException e =
                assertThrows(
                        FhirException.class,
                        () ->
                                FormatNegotiation.response(
                                        Optional.ofNullable(parameter),
                                        accept == null ? List.of() : List.of(accept),
                                        FhirVersion.R4));
        assertEquals(406, e.status());
        assertTrue(e.getMessage().contains("application/fhir+json"), e.getMessage());
    }

    @ParameterizedTest
    @CsvSource({
        "application/fhir+json, JSON",
        "application/json; charset=utf-8, JSON",
        "application/fhir+xml;charset=UTF-8;fhirVersion=4.0, XML",
        "text/xml, XML"
    })
    void readsTheTypesOfBodies(String contentType, ResourceFormat expected) {
        assertEquals(expected, FormatNegotiation.request(Optional.of(contentType), FhirVersion.R4));
    }

    @ParameterizedTest
    @CsvSource({
        "text/plain",
        "text/html",
        "json",
        "application/x-www-form-urlencoded",
        "application/json;charset=utf-16",
        "application/fhir+json;fhirVersion=5.0",
        "''"
    })
    void refusesBodiesItCannotRead(String contentType) {
        assertEquals(
                415,
                assertThrows(
                                FhirException.class,
                                () ->
                                        FormatNegotiation.request(
                                                Optional.of(contentType), FhirVersion.R4))
                        .status());
    }
}
