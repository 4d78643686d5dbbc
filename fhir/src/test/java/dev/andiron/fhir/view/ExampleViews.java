package dev.andiron.fhir.view;

import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonReader;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The views under {@code examples/views}, for every test of a runner. */
public final class ExampleViews {
    private static final List<String> NAMES =
            List.of(
                    "active_conditions",
                    "adults",
                    "allergies",
                    "allergy_reactions",
                    "care_plan_activities",
                    "care_teams",
                    "claim_items",
                    "claims",
                    "conditions",
                    "deceased_patients",
                    "devices",
                    "diagnostic_reports",
                    "encounter_locations",
                    "encounter_participants",
                    "encounters",
                    "explanation_totals",
                    "high_body_mass",
                    "immunizations",
                    "medication_dosages",
                    "medication_requests",
                    "observation_codings",
                    "observation_components",
                    "observation_values",
                    "observations",
                    "organizations",
                    "patient_addresses",
                    "patient_addresses_or_none",
                    "patient_and_contact_addresses",
                    "patient_demographics",
                    "patient_identifiers",
                    "patient_names",
                    "patient_telecoms",
                    "practitioners",
                    "procedures",
                    "questionnaire_questions",
                    "questionnaire_response_items",
                    "us_core_blood_pressures",
                    "us_core_patients");

    private ExampleViews() {}

    /** The views themselves. */
    public static List<JsonObject> all() {
        return NAMES.stream().map(ExampleViews::read).toList();
    }

    private static JsonObject read(String name) {
        try (var in = ExampleViews.class.getResourceAsStream("examples/" + name + ".json")) {
            return JsonReader.readObject(in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Resources for those of them that common samples have nothing for. */
    public static List<String> resources() {
        try (var in = ExampleViews.class.getResourceAsStream("examples.ndjson")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
