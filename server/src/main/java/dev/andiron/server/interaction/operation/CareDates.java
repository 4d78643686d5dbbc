package dev.andiron.server.interaction.operation;

import dev.andiron.fhir.definition.SearchParameters;
import dev.andiron.fhir.path.DateInterval;
import dev.andiron.spi.search.Criterion;
import dev.andiron.spi.search.ValueTest;
import dev.andiron.spi.search.ValueTest.RangeOperator;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * When care took place: for each resource type the search parameter that tells it. Types without
 * one, such as {@code Patient} and {@code Coverage}, are about no moment.
 */
final class CareDates {
    /** Where it is not called {@code date}. */
    private static final Map<String, String> OTHERS =
            Map.ofEntries(
                    Map.entry("Account", "period"),
                    Map.entry("ChargeItem", "occurrence"),
                    Map.entry("Claim", "created"),
                    Map.entry("ClaimResponse", "created"),
                    Map.entry("Communication", "sent"),
                    Map.entry("CommunicationRequest", "authored"),
                    Map.entry("Condition", "onset-date"),
                    Map.entry("CoverageEligibilityRequest", "created"),
                    Map.entry("CoverageEligibilityResponse", "created"),
                    Map.entry("DetectedIssue", "identified"),
                    Map.entry("DeviceRequest", "authored-on"),
                    Map.entry("DocumentManifest", "created"),
                    Map.entry("ExplanationOfBenefit", "created"),
                    Map.entry("Goal", "start-date"),
                    Map.entry("ImagingStudy", "started"),
                    Map.entry("Media", "created"),
                    Map.entry("MedicationAdministration", "effective-time"),
                    Map.entry("MedicationDispense", "whenhandedover"),
                    Map.entry("MedicationRequest", "authoredon"),
                    Map.entry("MedicationStatement", "effective"),
                    Map.entry("NutritionOrder", "datetime"),
                    Map.entry("Provenance", "recorded"),
                    Map.entry("QuestionnaireResponse", "authored"),
                    Map.entry("RequestGroup", "authored"),
                    Map.entry("ServiceRequest", "authored"),
                    Map.entry("Specimen", "collected"),
                    Map.entry("Task", "authored-on"),
                    Map.entry("VisionPrescription", "datewritten"));

    /** Types whose {@code date} is not about care. */
    private static final Set<String> NONE = Set.of("Patient", "Person", "Group");

    private CareDates() {}

    /**
     * What resources must be to have taken place within a time; those that say nothing about it
     * pass.
     *
     * @param types the types to look among
     */
    static Criterion within(
            SearchParameters parameters,
            Set<String> types,
            Optional<DateInterval> start,
            Optional<DateInterval> end) {
        Map<String, Set<String>> byCode = new TreeMap<>();
        var timeless = new TreeSet<String>();
        for (String type : types) {
            String code = OTHERS.getOrDefault(type, "date");
            if (NONE.contains(type) || parameters.searchParameter(type, code).isEmpty()) {
                timeless.add(type);
            } else {
                byCode.computeIfAbsent(code, _ -> new TreeSet<>()).add(type);
            }
        }
        var alternatives = new ArrayList<Criterion>();
        if (!timeless.isEmpty()) {
            alternatives.add(new Criterion.Type(timeless));
        }
        byCode.forEach(
                (code, dated) ->
                        alternatives.add(
                                new Criterion.All(
                                        List.of(
                                                new Criterion.Type(dated),
                                                new Criterion.Any(
                                                        List.of(
                                                                new Criterion.Not(
                                                                        new Criterion.Present(
                                                                                code)),
                                                                within(code, start, end)))))));
        return new Criterion.Any(alternatives);
    }

    private static Criterion within(
            String code, Optional<DateInterval> start, Optional<DateInterval> end) {
        var bounds = new ArrayList<Criterion>(2);
        start.ifPresent(from -> bounds.add(bound(code, RangeOperator.GE, from)));
        end.ifPresent(to -> bounds.add(bound(code, RangeOperator.LE, to)));
        return new Criterion.All(bounds);
    }

    private static Criterion bound(String code, RangeOperator operator, DateInterval date) {
        return new Criterion.Value(code, new ValueTest.Date(operator, date.low(), date.high()));
    }
}
