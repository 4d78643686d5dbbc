package dev.andiron.fhir.definition;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.andiron.fhir.definition.Derivation.Conjunction;
import dev.andiron.fhir.definition.Derivation.Union;
import dev.andiron.fhir.definition.SearchParameter.Component;
import dev.andiron.spi.resource.FhirVersion;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

class DerivationsTest {
    private static final Definitions R4 = Definitions.of(FhirVersion.R4);

    @ParameterizedTest
    @EnumSource
    void ofTheStandardTheseFollowFromOthers(FhirVersion version) {
        Definitions definitions = Definitions.of(version);
        var found = new TreeMap<String, String>();
        for (String type : definitions.resourceTypes()) {
            for (SearchParameter parameter : definitions.searchParameters(type)) {
                definitions
                        .derivation(type, parameter.code())
                        .ifPresent(it -> found.put(type + "." + parameter.code(), text(it)));
            }
        }
        String function = version == FhirVersion.R5 ? "ofType" : "as";
        var expected = new TreeMap<String, String>();
        if (version == FhirVersion.R5) {
            expected.put("Questionnaire.combo-code", "item-code or questionnaire-code");
        }
        for (String name :
                List.of("code", "data-absent-reason", "value-concept", "value-quantity")) {
            expected.put(
                    "Observation.combo-" + name,
                    Stream.of("component-" + name, name)
                            .sorted()
                            .collect(Collectors.joining(" or ")));
        }
        expected.putAll(
                Map.of(
                        "Observation.code-value-concept",
                        "[code, value-concept]",
                        "Observation.code-value-date",
                        "[code, value-date]",
                        "Observation.code-value-quantity",
                        "[code, value-quantity] but Observation.value."
                                + function
                                + "(SampledData)",
                        "Observation.combo-code-value-concept",
                        "code-value-concept or component-code-value-concept",
                        "Observation.combo-code-value-quantity",
                        "code-value-quantity or component-code-value-quantity"));
        assertEquals(expected, found);
    }

    private static String text(Derivation derivation) {
        return switch (derivation) {
            case Union union -> String.join(" or ", union.parameters());
            case Conjunction all ->
                    all.parameters()
                            + all.exception().map(it -> " but " + it.expression()).orElse("");
        };
    }

    private static SearchParameter parameter(
            String code, SearchParameterType type, String expression, Component... parts) {
        return new SearchParameter(
                "Observation", code, type, expression, Set.of(), List.of(parts), "", "");
    }

    private static Component part(SearchParameterType type, String expression) {
        return new Component("", "", type, expression);
    }

    private static Optional<Derivation> derivation(SearchParameter of, SearchParameter... others) {
        var all = new ArrayList<>(List.of(others));
        all.add(of);
        return Optional.ofNullable(
                Derivations.of(R4.type("Observation").orElseThrow(), all).get(of.code()));
    }

    @Test
    void whatIsNotProvablyTheSameIsKept() {
        var token = SearchParameterType.TOKEN;
        var composite = SearchParameterType.COMPOSITE;
        var code = parameter("code", token, "Observation.code");
        var both =
                parameter(
                        "both",
                        composite,
                        "Observation",
                        part(token, "code"),
                        part(token, "status"));
        var status = parameter("status", token, "Observation.status");
        assertEquals(
                Optional.of(new Conjunction(List.of("code", "status"), Optional.empty())),
                derivation(both, code, status));
        assertEquals(Optional.empty(), derivation(both, code));
        assertEquals(
                Optional.empty(),
                derivation(
                        both,
                        code,
                        parameter("status", SearchParameterType.STRING, "Observation.status")),
                "another type");
        assertEquals(
                Optional.empty(),
                derivation(
                        both, code, parameter("status", token, "Observation.status.where(true)")),
                "no plain path");
        assertEquals(
                Optional.empty(),
                derivation(
                        both,
                        code,
                        parameter("status", token, "Observation.status | Observation.code")),
                "more than the part");
        assertEquals(
                Optional.empty(),
                derivation(
                        parameter(
                                "part",
                                composite,
                                "Observation.component",
                                part(token, "code"),
                                part(token, "status")),
                        code,
                        status),
                "one of several elements");
    }

    @Test
    void sampledDataAreAnExceptionOnlyWhereNothingElseCanBe() {
        var quantity = SearchParameterType.QUANTITY;
        var composite =
                parameter(
                        "both",
                        SearchParameterType.COMPOSITE,
                        "Observation",
                        part(quantity, "value.as(Quantity)"),
                        part(quantity, "value.as(Quantity)"));
        assertEquals(
                Optional.empty(),
                derivation(
                        composite,
                        parameter(
                                "v",
                                quantity,
                                "Observation.value.as(Quantity) | Observation.value.as(Range)")),
                "other types may be as frequent");
        assertEquals(
                Optional.empty(),
                derivation(
                        composite,
                        parameter(
                                "v",
                                quantity,
                                "Observation.value.as(Quantity) |"
                                        + " Observation.component.value.as(SampledData)")),
                "another element");
        assertEquals(
                Optional.empty(),
                derivation(
                        parameter(
                                "both",
                                SearchParameterType.COMPOSITE,
                                "Observation",
                                part(quantity, "component.value.as(Quantity)"),
                                part(quantity, "component.value.as(Quantity)")),
                        parameter(
                                "v",
                                quantity,
                                "Observation.component.value.as(Quantity) |"
                                        + " Observation.component.value.as(SampledData)")),
                "an element that repeats");
    }

    @Test
    void alternativesOfAUnionHaveTheSameParts() {
        var token = SearchParameterType.TOKEN;
        var composite = SearchParameterType.COMPOSITE;
        var combo =
                parameter(
                        "combo",
                        composite,
                        "Observation.component | Observation.category",
                        part(token, "code"),
                        part(token, "text"));
        var one =
                parameter(
                        "one",
                        composite,
                        "Observation.component",
                        part(token, "code"),
                        part(token, "text"));
        assertEquals(
                Optional.of(new Union(List.of("one", "two"))),
                derivation(
                        combo,
                        one,
                        parameter(
                                "two",
                                composite,
                                "Observation.category",
                                part(token, "code"),
                                part(token, "text"))));
        assertEquals(
                Optional.empty(),
                derivation(
                        combo,
                        one,
                        parameter(
                                "two",
                                composite,
                                "Observation.category",
                                part(token, "text"),
                                part(token, "code"))),
                "in another order");
        assertEquals(Optional.empty(), derivation(combo, one), "not all of it");
    }
}
