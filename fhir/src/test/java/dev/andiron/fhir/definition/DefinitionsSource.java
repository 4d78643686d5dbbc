package dev.andiron.fhir.definition;

import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.spi.resource.FhirVersion;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

import javax.xml.stream.XMLStreamException;

/**
 * The standard's own definitions of a version, as HAPI packs them: bundles for R4 and R4B, the
 * standard's package for R5.
 */
record DefinitionsSource(
        List<DefinitionNode> structures,
        List<DefinitionNode> parameters,
        List<DefinitionNode> compartments) {
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
            case R5 -> source.addPackage(PackageFiles.R5);
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

    private void addPackage(String path) throws IOException {
        PackageFiles.read(
                path,
                (name, content) -> {
                    if (name.matches(
                                    "package/(StructureDefinition|SearchParameter|CompartmentDefinition)-.*")
                            && !name.contains("-example")) {
                        add(JsonReader.readObject(content));
                    }
                });
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
