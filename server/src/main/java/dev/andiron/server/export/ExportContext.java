package dev.andiron.server.export;

import dev.andiron.fhir.definition.CompartmentDefinition;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.fhir.outcome.FhirException;
import dev.andiron.fhir.search.SearchValueExtractor;
import dev.andiron.kernel.lent.ResourceMatcher;
import dev.andiron.kernel.snapshot.Snapshot;
import dev.andiron.server.interaction.FhirRules;
import dev.andiron.server.interaction.Parameters;
import dev.andiron.server.interaction.SearchParameterRegistry;
import dev.andiron.server.job.JobFailedException;
import dev.andiron.spi.search.Criterion;
import dev.andiron.spi.search.SearchFeature;
import dev.andiron.spi.tenant.TenantContext;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What the tasks of one attempt share. Safe for use by many threads.
 *
 * @param request what is exported
 * @param tenant whose
 * @param snapshot where it is read
 * @param scope whose compartments; empty for the whole system
 * @param rules what its criteria mean
 * @param parameters what resources are found by
 * @param referred what lies outside of compartments and goes with what lies within
 */
record ExportContext(
        ExportRequest request,
        TenantContext tenant,
        Snapshot snapshot,
        Optional<PatientScope> scope,
        FhirRules rules,
        SearchParameterRegistry parameters,
        ReferredKeys referred) {

    /** The parameters by which resources of a type belong to patients. */
    static Set<String> codes(FhirRules rules, String type) {
        return rules.definitions()
                .compartment("Patient")
                .map((CompartmentDefinition patient) -> Set.copyOf(patient.parameters(type)))
                .orElse(Set.of());
    }

    /** Judges the live resources of a type; used by one thread. */
    TypeJudge judge(String type) {
        return judge(type, scope, true, criterion(type));
    }

    /** Judges what was deleted by what it was before, whenever that was written. */
    TypeJudge judgeDeleted(String type) {
        return judge(type, ExportScope.ofDeleted(request, scope), false, criterion(type));
    }

    /** Judges by compartments alone. */
    TypeJudge judgeScope(String type) {
        return judge(type, scope, false, Optional.empty());
    }

    /** Judges by time and filters alone. */
    TypeJudge judgeAnywhere(String type) {
        return judge(type, Optional.empty(), true, criterion(type));
    }

    private TypeJudge judge(
            String type, Optional<PatientScope> of, boolean byTime, Optional<Criterion> criterion) {
        Set<String> codes = of.isPresent() ? codes(rules, type) : Set.of();
        Set<SearchFeature> features =
                criterion.map(ResourceMatcher::features).orElse(Set.<SearchFeature>of());
        return new TypeJudge(
                byTime ? request.since() : Optional.empty(),
                byTime ? request.until() : Optional.empty(),
                of,
                codes,
                criterion.map(
                        each ->
                                new ResourceMatcher(
                                        snapshot.store(),
                                        tenant,
                                        each,
                                        (whose, resource, wanted) ->
                                                rules.searchValues(
                                                        whose,
                                                        JsonReader.readObject(
                                                                resource.content().bytes()),
                                                        wanted))),
                extractor(criterion, codes),
                features);
    }

    /** Any of the type's filters. */
    private Optional<Criterion> criterion(String type) {
        List<Criterion> any =
                request.filters().stream()
                        .filter(filter -> filter.type().equals(type))
                        .map(this::criterion)
                        .toList();
        return any.isEmpty() ? Optional.empty() : Optional.of(new Criterion.Any(any));
    }

    private Criterion criterion(TypeFilter filter) {
        try {
            return rules.search(
                            tenant,
                            Optional.of(filter.type()),
                            Parameters.parse(filter.query()),
                            request.base(),
                            false)
                    .criterion();
        } catch (FhirException e) {
            throw new JobFailedException(
                    "_typeFilter=%s?%s: %s"
                            .formatted(filter.type(), filter.query(), e.getMessage()));
        }
    }

    /** What gives the values that a criterion asks about, and those of parameters. */
    SearchValueExtractor extractor(Optional<Criterion> criterion, Set<String> codes) {
        SearchValueExtractor all = parameters.extractor(tenant);
        Optional<Set<String>> asked =
                criterion.isEmpty() ? Optional.of(Set.of()) : CriterionCodes.of(criterion.get());
        return asked.map(
                        some -> {
                            var both = new HashSet<>(some);
                            both.addAll(codes);
                            return all.with(
                                    new CriterionCodes.Some(parameters.parameters(tenant), both));
                        })
                .orElse(all);
    }
}
