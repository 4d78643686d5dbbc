package dev.andiron.fhir.definition;

import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.spi.resource.FhirVersion;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;

import javax.xml.stream.XMLStreamException;

/**
 * The standard's own definitions of a version, as HAPI packs them: bundles for R4 and R4B, the
 * standard's package for R5.
 */
record DefinitionsSource(
        List<DefinitionNode> structures,
        List<DefinitionNode> parameters,
        List<DefinitionNode> compartments) {
    private static final String R5 = "/org/hl7/fhir/r5/packages/hl7.fhir.r5.core-5.0.0.tgz";
    private static final int BLOCK = 512;

    static DefinitionsSource of(FhirVersion version) throws IOException, XMLStreamException {
        var source = new DefinitionsSource(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        switch (version) {
            case R4 -> {
                source.addProfiles("/org/hl7/fhir/r4/model/profile/profiles-");
                source.addJsonBundle("/org/hl7/fhir/r4/model/sp/search-parameters.json");
            }
            case R4B -> {
                source.addProfiles("/org/hl7/fhir/r4b/model/profile/profiles-");
                source.addXmlBundle("/org/hl7/fhir/r4b/model/sp/search-parameters.xml");
            }
            case R5 -> source.addPackage(R5);
        }
        return source;
    }

    private void addProfiles(String path) throws IOException, XMLStreamException {
        addXmlBundle(path + "types.xml");
        addXmlBundle(path + "resources.xml");
    }

    private void addXmlBundle(String path) throws IOException, XMLStreamException {
        try (InputStream in = getClass().getResourceAsStream(path)) {
            for (DefinitionNode entry : DefinitionNode.read(in).all("entry")) {
                add(entry.child("resource").orElseThrow().children().getFirst());
            }
        }
    }

    private void addJsonBundle(String path) throws IOException {
        try (InputStream in = getClass().getResourceAsStream(path)) {
            for (JsonObject entry : JsonReader.readObject(in.readAllBytes()).objects("entry")) {
                add(entry.object("resource").orElseThrow());
            }
        }
    }

    /** A gzipped tar of one resource a file. */
    private void addPackage(String path) throws IOException {
        try (InputStream packed = getClass().getResourceAsStream(path);
                var tar = new GZIPInputStream(packed)) {
            for (byte[] header = tar.readNBytes(BLOCK);
                    header.length == BLOCK && header[0] != 0;
                    header = tar.readNBytes(BLOCK)) {
                String name = text(header, 0, 100);
                int size = Integer.parseInt(text(header, 124, 12).strip(), 8);
                byte[] content = tar.readNBytes(size);
                tar.skipNBytes((BLOCK - size % BLOCK) % BLOCK);
                if (name.matches(
                                "package/(StructureDefinition|SearchParameter|CompartmentDefinition)-.*")
                        && !name.contains("-example")) {
                    add(JsonReader.readObject(content));
                }
            }
        }
    }

    private static String text(byte[] header, int start, int length) {
        String field = new String(header, start, length, StandardCharsets.US_ASCII);
        int end = field.indexOf('\0');
        return end < 0 ? field : field.substring(0, end);
    }

    private void add(JsonObject resource) {
        add(DefinitionNode.of(resource.string("resourceType").orElseThrow(), resource));
    }

    private void add(DefinitionNode resource) {
        switch (resource.name()) {
            case "CompartmentDefinition" -> compartments.add(resource);
            case "SearchParameter" -> parameters.add(resource);
            case "StructureDefinition" -> {
                if (!resource.text("derivation").equals("constraint")
                        && !resource.text("kind").equals("logical")) {
                    structures.add(resource);
                }
            }
            default -> {
                // Terminology and operations.
            }
        }
    }
}
