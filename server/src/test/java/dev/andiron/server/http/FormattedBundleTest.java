package dev.andiron.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.andiron.fhir.definition.Definitions;
import dev.andiron.fhir.format.XmlFormat;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.fhir.json.JsonWriter;
import dev.andiron.server.interaction.BundleContent;
import dev.andiron.server.interaction.BundleContent.Link;
import dev.andiron.server.interaction.Content;
import dev.andiron.spi.resource.FhirVersion;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalLong;

/** Entry by entry or all at once: the same bytes. */
class FormattedBundleTest {
    private static final XmlFormat XML = new XmlFormat(Definitions.of(FhirVersion.R4));

    @ParameterizedTest
    @CsvSource({"true, false", "true, true", "false, true"})
    void isTheSameAsTheWholeBundleWritten(boolean xml, boolean pretty) throws IOException {
        var bundle =
                new BundleContent(
                        "searchset",
                        OptionalLong.of(3),
                        List.of(new Link("self", "http://a/Patient?x=1&y=<2>")));
        entry(bundle, "{\"resourceType\":\"Patient\",\"id\":\"a\",\"active\":true}");
        entry(
                bundle,
                "{\"resourceType\":\"Patient\",\"text\":{\"status\":\"generated\",\"div\":\"<div"
                        + " xmlns=\\\"http://www.w3.org/1999/xhtml\\\"><p>the &lt;entry</p>\\n"
                        + "</div>\"},\"name\":[{\"family\":\"</Bundle> {0} [0]\\nnew line\"}]}");
        entry(bundle, "{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":[{}]}");
        Content content = bundle.build();
        var out = new ByteArrayOutputStream();
        new FormattedBundle(XML, new ResponseFormat(xml, pretty))
                .write(content.entries().orElseThrow(), out);
        assertEquals(whole(content, xml, pretty), out.toString(StandardCharsets.UTF_8));
    }

    private static void entry(BundleContent bundle, String json) {
        bundle.entry(
                "http://a/Patient/b",
                json.getBytes(StandardCharsets.UTF_8),
                "\"search\":{\"mode\":\"match\"}");
    }

    private static String whole(Content content, boolean xml, boolean pretty) {
        var bundle = JsonReader.readObject(content.bytes());
        byte[] bytes = xml ? XML.write(bundle, pretty) : JsonWriter.pretty(bundle);
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
