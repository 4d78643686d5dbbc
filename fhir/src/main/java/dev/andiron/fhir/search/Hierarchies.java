package dev.andiron.fhir.search;

import dev.andiron.fhir.definition.SearchParameter;
import dev.andiron.fhir.definition.SearchParameterType;
import dev.andiron.fhir.definition.SearchParameters;
import dev.andiron.fhir.json.JsonArray;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonValue;
import dev.andiron.fhir.search.SearchProblems.Refusal;
import dev.andiron.fhir.terminology.ResourceLookup;
import dev.andiron.spi.search.ValueTest;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What {@code :above} and {@code :below} of a reference mean: the resource, and those that it is
 * part of or that are part of it, step by step. They are looked up before the search, so that every
 * backend takes it; cycles end. For one search and one thread.
 */
final class Hierarchies {
    /** The parameters by which a resource is part of another one of its type. */
    private static final Set<String> CODES = Set.of("partof", "part-of");

    private final SearchParameters parameters;
    private final ReferenceTarget.Reader references;
    private final ResourceLookup lookup;
    private final int most;

    /**
     * @param most how many resources a search may lead to
     */
    Hierarchies(
            SearchParameters parameters,
            ReferenceTarget.Reader references,
            ResourceLookup lookup,
            int most) {
        this.parameters = parameters;
        this.references = references;
        this.lookup = lookup;
        this.most = most;
    }

    /** Leads to the resource or to one that is part of it. */
    List<ValueTest> below(SearchParameter parameter, String value) throws Refusal {
        ReferenceTarget.Local root = root(parameter, value);
        SearchParameter partOf = partOf(root.type());
        var ids = new LinkedHashSet<String>(Set.of(root.id()));
        for (Collection<String> last = ids; !last.isEmpty(); ) {
            var found =
                    new LinkedHashSet<>(
                            lookup.referring(root.type(), partOf.code(), last, most + 1));
            found.removeAll(ids);
            ids.addAll(found);
            requireBounded(root, ids);
            last = found;
        }
        return tests(root.type(), ids);
    }

    /** Leads to the resource or to one that it is part of. */
    List<ValueTest> above(SearchParameter parameter, String value) throws Refusal {
        ReferenceTarget.Local root = root(parameter, value);
        String element = element(partOf(root.type()));
        var ids = new LinkedHashSet<String>(Set.of(root.id()));
        for (Collection<String> last = ids; !last.isEmpty(); ) {
            var found = new LinkedHashSet<String>();
            for (String id : last) {
                lookup.read(root.type(), id)
                        .ifPresent(part -> wholes(part.get(element), root.type(), found));
            }
            found.removeAll(ids);
            ids.addAll(found);
            requireBounded(root, ids);
            last = found;
        }
        return tests(root.type(), ids);
    }

    private void wholes(JsonValue value, String type, Set<String> out) {
        switch (value) {
            case JsonArray array -> array.values().forEach(each -> wholes(each, type, out));
            case JsonObject reference -> {
                String text = reference.string("reference").orElse("#");
                if (references.read(text) instanceof ReferenceTarget.Local local
                        && local.type().equals(type)) {
                    out.add(local.id());
                }
            }
            case null, default -> {
                // It is part of nothing.
            }
        }
    }

    private ReferenceTarget.Local root(SearchParameter parameter, String value) throws Refusal {
        if (ReferenceTarget.Reader.isId(value)) {
            String type =
                    ValueParser.onlyTarget(parameter)
                            .orElseThrow(
                                    () ->
                                            Refusal.malformed(
                                                    "'%s' leads to several types, so the value is of the form Type/id"
                                                            .formatted(parameter.code())));
            return new ReferenceTarget.Local(type, value, "");
        }
        if (!(references.read(value) instanceof ReferenceTarget.Local local)) {
            throw Refusal.notUnderstood(
                    "':above' and ':below' follow what resources of this server are part of, and"
                            + " '%s' is none; versions of a canonical have no order here"
                                    .formatted(value));
        }
        if (!local.version().isEmpty()) {
            throw Refusal.malformed("a version of a resource is no part of another: " + value);
        }
        if (!parameter.targets().isEmpty() && !parameter.targets().contains(local.type())) {
            throw Refusal.notUnderstood(
                    "'%s' does not lead to a '%s'".formatted(parameter.code(), local.type()));
        }
        return local;
    }

    private SearchParameter partOf(String type) throws Refusal {
        for (SearchParameter each : parameters.searchParameters(type)) {
            boolean leadsToOwn = each.targets().isEmpty() || each.targets().contains(type);
            if (CODES.contains(each.code())
                    && each.type() == SearchParameterType.REFERENCE
                    && leadsToOwn) {
                return each;
            }
        }
        throw Refusal.notUnderstood(
                "':above' and ':below' need resources that are part of one another, as those of"
                        + " Location, Organization or Encounter are; those of "
                        + type
                        + " are not");
    }

    /** {@code Location.partOf} is read from {@code partOf}. */
    private static String element(SearchParameter partOf) {
        return partOf.expression().substring(partOf.expression().lastIndexOf('.') + 1);
    }

    private void requireBounded(ReferenceTarget.Local root, Set<String> ids) throws Refusal {
        if (ids.size() > most) {
            throw Refusal.unprocessable(
                    "more than %d resources hang together with %s/%s"
                            .formatted(most, root.type(), root.id()));
        }
    }

    private static List<ValueTest> tests(String type, Set<String> ids) {
        var tests = new ArrayList<ValueTest>(ids.size());
        for (String id : ids) {
            tests.add(new ValueTest.LocalReference(Optional.of(type), id, Optional.empty()));
        }
        return tests;
    }
}
