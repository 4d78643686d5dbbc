package dev.andiron.fhir;

import dev.andiron.fhir.definition.Definitions;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.fhir.json.JsonSyntaxException;
import dev.andiron.spi.resource.FhirVersion;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.JarURLConnection;
import java.net.URL;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * The standard's own examples, as far as Maven Central carries them: all of R4 and R4B in the two
 * {@code fhir-examples}, a choice of R5 in {@code fhir-test-cases}.
 */
public final class SpecExamples {
    /** How many of a type and how large by default: profiles and code systems abound. */
    private static final int OF_A_TYPE = 40;

    private static final int LARGEST = 100_000;

    /** Examples of drafts, which are no valid R5. */
    private static final Set<String> OUTDATED =
            Set.of(
                    """
                    allergyintolerance-example appointment-example auditevent-example
                    bodystructure-example-fetus careteam-example clinicalimpression-example
                    communication-example composition-example conceptmap-example consent-example
                    devicemetric-example documentreference-example encounter-example
                    endpoint-example episodeofcare-example explanationofbenefit-example
                    goal-example graphdefinition-example group-example healthcareservice-example
                    immunization-example implementationguide-example list-example
                    location-example medicationadministration0301 medicationdispense0301
                    medicationrequest0301 medicationstatementexample1 messageheader-example
                    molecularsequence-example organization-1 organization-example
                    patient-container-example paymentnotice-example practitionerrole-example
                    questionnaireresponse-example-bluebook schedule-example
                    searchparameter-example slot-example specimen-example structuremap-example
                    subscription-example substance-example supplydelivery-example
                    """
                            .split("\\s+"));

    private SpecExamples() {}

    /**
     * An example.
     *
     * @param file its name
     * @param content as it stands there
     */
    public record Example(String file, byte[] content) {
        @Override
        public String toString() {
            return file;
        }
    }

    /** A jar and a folder within it. */
    private record Place(String marker, String folder) {}

    private static Place place(FhirVersion version) {
        return switch (version) {
            case R4 -> new Place("META-INF/maven/com.ibm.fhir/fhir-examples/pom.xml", "json/spec/");
            case R4B ->
                    new Place(
                            "META-INF/maven/org.linuxforhealth.fhir/fhir-examples/pom.xml",
                            "json/spec/");
            case R5 -> {
                String folder = "org/hl7/fhir/testcases/r5/examples/";
                yield new Place(folder + "patient-example.json", folder);
            }
        };
    }

    /** At most {@value #OF_A_TYPE} of each type, none above {@value #LARGEST} bytes. */
    public static List<Example> some(FhirVersion version) {
        return read(version, OF_A_TYPE, LARGEST);
    }

    /** All JSON files that hold a resource of a type of the version. */
    public static List<Example> all(FhirVersion version) {
        return read(version, Integer.MAX_VALUE, Integer.MAX_VALUE);
    }

    private static List<Example> read(FhirVersion version, int ofType, int largest) {
        Place place = place(version);
        Definitions definitions = Definitions.of(version);
        URL marker = SpecExamples.class.getClassLoader().getResource(place.marker());
        var examples = new ArrayList<Example>();
        var counts = new HashMap<String, Integer>();
        try {
            var connection = (JarURLConnection) marker.openConnection();
            try (ZipFile jar = new ZipFile(connection.getJarFileURL().getPath())) {
                for (ZipEntry entry : entries(jar, place.folder())) {
                    String file =
                            entry.getName().substring(place.folder().length()).replace(".json", "");
                    boolean isOutdated = version == FhirVersion.R5 && OUTDATED.contains(file);
                    if (entry.getSize() > largest || isOutdated) {
                        continue;
                    }
                    byte[] content = jar.getInputStream(entry).readAllBytes();
                    type(content)
                            .filter(definitions::isResourceType)
                            .filter(type -> counts.merge(type, 1, Integer::sum) <= ofType)
                            .ifPresent(_ -> examples.add(new Example(file, content)));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return examples;
    }

    private static List<? extends ZipEntry> entries(ZipFile jar, String folder) {
        return jar.stream()
                .filter(entry -> entry.getName().startsWith(folder))
                .filter(entry -> entry.getName().endsWith(".json"))
                .sorted(Comparator.comparing(ZipEntry::getName))
                .toList();
    }

    private static Optional<String> type(byte[] content) {
        try {
            JsonObject resource = JsonReader.readObject(content);
            return resource.string("resourceType");
        } catch (JsonSyntaxException e) {
            return Optional.empty();
        }
    }

    /** The examples by the types of their resources. */
    public static Map<String, Integer> count(List<Example> examples) {
        var counts = new HashMap<String, Integer>();
        examples.forEach(
                example -> counts.merge(type(example.content()).orElseThrow(), 1, Integer::sum));
        return counts;
    }
}
