package dev.andiron.server.interaction.search;

import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.outcome.FhirException;
import dev.andiron.fhir.outcome.Issue;
import dev.andiron.fhir.search.CriterionText;
import dev.andiron.fhir.search.QueryParameter;
import dev.andiron.kernel.routing.SearchRoute;
import dev.andiron.kernel.routing.Storage;
import dev.andiron.server.interaction.FhirRequest;
import dev.andiron.server.interaction.Parameters;
import dev.andiron.server.interaction.Services;
import dev.andiron.server.operation.ParametersResource;
import dev.andiron.spi.search.Query;
import dev.andiron.spi.search.SearchFeature;
import dev.andiron.spi.search.Sort;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * How a search is understood, and how it is run.
 *
 * @param steps what it says, in order
 */
public record Explanation(List<Step> steps) {
    /** Parameters whose meaning depends on no other one, so that each is read by itself. */
    private static final Set<String> SHAPING = Set.of("_type", "_contained", "_containedType");

    /** Parameters that decide nothing about what matches. */
    private static final Set<String> RESULT =
            Set.of("_count", "_sort", "_total", "_summary", "_elements", "_score");

    /**
     * One thing to say.
     *
     * @param name what it is about: {@code parameter}, {@code criterion}, {@code sort}, {@code
     *     route}, {@code plan} and so on
     * @param subject the parameter that it is about, as in the query; empty for none
     * @param text what it says
     */
    public record Step(String name, String subject, String text) {}

    public Explanation {
        steps = List.copyOf(steps);
    }

    /**
     * Explains a search without running it.
     *
     * @throws FhirException 400 for a parameter that is not understood
     */
    public static Explanation of(Services services, FhirRequest request, SearchScope scope) {
        return of(services, request, UnderstoodSearch.of(services, request, scope));
    }

    static Explanation of(Services services, FhirRequest request, UnderstoodSearch search) {
        var steps = new ArrayList<Step>();
        steps.add(new Step("url", "", search.self()));
        steps.add(
                new Step(
                        "types",
                        "",
                        search.types().isEmpty()
                                ? "all"
                                : String.join(", ", new TreeSet<>(search.types()))));
        Parameters shaping = search.form().criteria().filter(e -> SHAPING.contains(e.name()));
        for (QueryParameter parameter : search.parsed().understood()) {
            steps.add(parameter(services, request, search.scope(), shaping, parameter));
        }
        search.scope()
                .compartment()
                .ifPresent(
                        compartment ->
                                steps.add(
                                        new Step(
                                                "compartment",
                                                "",
                                                CriterionText.of(
                                                        compartment.criterion(search.types())))));
        for (Include include : search.form().includes()) {
            steps.add(new Step("include", "", text(include)));
        }
        steps.add(new Step("criterion", "", CriterionText.of(search.criterion())));
        for (Sort sort : search.parsed().sort()) {
            steps.add(new Step("sort", "", CriterionText.of(sort)));
        }
        Query query = search.query(search.isCountOnly() ? 0 : search.limit(0), Optional.empty());
        Storage storage = services.storage();
        SearchRoute route = storage.searchRoute(query);
        steps.add(new Step("route", "", text(route, storage)));
        if (!(route instanceof SearchRoute.Refused)) {
            steps.add(new Step("plan", "", storage.search().explain(request.tenant(), query)));
        }
        return new Explanation(steps);
    }

    private static Step parameter(
            Services services,
            FhirRequest request,
            SearchScope scope,
            Parameters shaping,
            QueryParameter parameter) {
        String subject = parameter.name() + "=" + parameter.value();
        if (RESULT.contains(parameter.name())) {
            return new Step("parameter", subject, "shapes the result");
        }
        if (SHAPING.contains(parameter.name())) {
            return new Step("parameter", subject, "says what is searched");
        }
        var alone =
                shaping.and(
                        new Parameters(
                                List.of(
                                        new Parameters.Entry(
                                                parameter.name(), parameter.value()))));
        return new Step(
                "parameter",
                subject,
                CriterionText.of(
                        services.rules()
                                .search(
                                        request.tenant(),
                                        scope.type(),
                                        alone,
                                        request.base(),
                                        request.preferences().lenient())
                                .criterion()));
    }

    private static String text(Include include) {
        String source = include.source().orElse("any type");
        String parameter = include.parameter().orElse("any parameter");
        String target = include.target().orElse("any type");
        return include.reverse()
                ? "every %s that refers by %s to %s of the result%s"
                        .formatted(source, parameter, target, also(include))
                : "what %s refers to by %s, if it is %s%s"
                        .formatted(source, parameter, target, also(include));
    }

    private static String also(Include include) {
        return include.iterate() ? ", included resources considered too" : "";
    }

    private static String text(SearchRoute route, Storage storage) {
        return switch (route) {
            case SearchRoute.Native _ ->
                    "the backend '%s' runs the whole search".formatted(storage.name());
            case SearchRoute.Lent lent ->
                    lent.missing().isEmpty()
                            ? "the server scans the resources, for the backend '%s' does not search"
                                    .formatted(storage.name())
                            : "the server scans the resources, for the backend '%s' lacks %s"
                                    .formatted(storage.name(), names(lent.missing()));
            case SearchRoute.Refused refused ->
                    "nobody: neither the backend '%s' nor the server has %s"
                            .formatted(storage.name(), names(refused.missing()));
        };
    }

    private static String names(Set<SearchFeature> features) {
        return String.join(", ", features.stream().map(Enum::name).sorted().toList());
    }

    /** What it says, for the outcome that comes with a result. */
    List<Issue> issues() {
        return steps.stream()
                .map(
                        step ->
                                Issue.information(
                                        "informational",
                                        step.subject().isEmpty()
                                                ? "%s: %s".formatted(step.name(), step.text())
                                                : "%s %s: %s"
                                                        .formatted(
                                                                step.name(),
                                                                step.subject(),
                                                                step.text())))
                .toList();
    }

    /** What it says, as the output of an operation. */
    public JsonObject parameters() {
        var output = new ParametersResource();
        for (Step step : steps) {
            if (step.subject().isEmpty()) {
                output.string(step.name(), step.text());
            } else {
                output.parts(
                        step.name(),
                        new ParametersResource()
                                .string("query", step.subject())
                                .string("meaning", step.text()));
            }
        }
        return output.build();
    }
}
