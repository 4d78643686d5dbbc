package dev.andiron.server.interaction.search;

import dev.andiron.fhir.outcome.FhirException;
import dev.andiron.fhir.outcome.Issue;
import dev.andiron.fhir.search.ParsedSearch;
import dev.andiron.fhir.search.QueryParameter;
import dev.andiron.fhir.search.Summary;
import dev.andiron.server.interaction.FhirRequest;
import dev.andiron.server.interaction.SearchParameterRegistry;
import dev.andiron.server.interaction.Services;
import dev.andiron.spi.search.Criterion;
import dev.andiron.spi.search.Cursor;
import dev.andiron.spi.search.Query;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * A search that is understood: where it looks, what matches, and what its result holds.
 *
 * @param scope where it looks
 * @param parsed what matches
 * @param form what the result holds besides
 * @param types the types that are searched; empty means all
 * @param criterion what must hold, the compartment's own criterion among it
 * @param self the absolute URL that says what is evaluated
 */
public record UnderstoodSearch(
        SearchScope scope,
        ParsedSearch parsed,
        ResultForm form,
        Set<String> types,
        Criterion criterion,
        String self) {

    /**
     * Understands a search.
     *
     * @throws FhirException 400 for a parameter that is not understood
     */
    static UnderstoodSearch of(Services services, FhirRequest request, SearchScope scope) {
        var form = ResultForm.of(request, services.rules(), searched(request, scope));
        ParsedSearch parsed =
                services.rules()
                        .search(
                                request.tenant(),
                                scope.type(),
                                form.criteria(),
                                request.base(),
                                request.preferences().lenient());
        if (request.preferences().strict()) {
            requireComplete(parsed);
        }
        if (!form.includes().isEmpty() && parsed.summary() == Summary.TEXT) {
            throw new FhirException(
                    400, "value", "_summary=text cannot be combined with _include or _revinclude.");
        }
        Set<String> types = parsed.types();
        Criterion criterion = parsed.criterion();
        if (scope.compartment().isPresent()) {
            Compartment compartment = scope.compartment().get();
            types = bounded(parsed.types(), compartment);
            Criterion member = compartment.criterion(types);
            criterion =
                    criterion.equals(Criterion.everything())
                            ? member
                            : new Criterion.All(List.of(member, criterion));
        }
        return new UnderstoodSearch(
                scope, parsed, form, types, criterion, self(request, scope, parsed, form));
    }

    /** Who asks for strict handling does not want an answer in which something may be missing. */
    private static void requireComplete(ParsedSearch parsed) {
        List<Issue> incomplete =
                parsed.notes().stream()
                        .filter(note -> note.code().equals(SearchParameterRegistry.INCOMPLETE))
                        .toList();
        if (!incomplete.isEmpty()) {
            throw new FhirException(409, incomplete);
        }
    }

    private static Set<String> searched(FhirRequest request, SearchScope scope) {
        if (scope.type().isPresent()) {
            return Set.of(scope.type().get());
        }
        return request.parameters()
                .first("_type")
                .map(names -> Set.copyOf(new TreeSet<>(List.of(names.split(",")))))
                .or(() -> scope.compartment().map(Compartment::types))
                .orElse(Set.of());
    }

    private static Set<String> bounded(Set<String> asked, Compartment compartment) {
        if (asked.isEmpty()) {
            return compartment.types();
        }
        Set<String> never = new TreeSet<>(asked);
        never.removeAll(compartment.types());
        if (!never.isEmpty()) {
            throw new FhirException(
                    400,
                    "value",
                    "%s never belongs to the compartment of a %s."
                            .formatted(String.join(", ", never), compartment.definition().name()));
        }
        return asked;
    }

    private static String self(
            FhirRequest request, SearchScope scope, ParsedSearch parsed, ResultForm form) {
        var understood = new ArrayList<>(parsed.understood());
        understood.addAll(form.understood());
        String query = QueryParameter.format(understood);
        String url = request.base() + scope.path();
        return query.isEmpty() ? url : url + "?" + query;
    }

    /** Whether it asks for the total alone. */
    boolean isCountOnly() {
        return parsed.count() == 0 || parsed.summary() == Summary.COUNT;
    }

    /** How many matches the page behind so many others has. */
    int limit(long before) {
        long left = form.most().isPresent() ? form.most().getAsInt() - before : parsed.count();
        return Math.clamp(left, 1, parsed.count());
    }

    /** Whether no page follows when so many matches were given. */
    boolean isLast(long given) {
        return form.most().isPresent() && given >= form.most().getAsInt();
    }

    /** The query for a page; without matches, for the total alone. */
    Query query(int limit, Optional<Cursor> after) {
        return new Query(
                types,
                criterion,
                parsed.sort(),
                limit,
                after,
                limit == 0 ? Query.Total.ACCURATE : parsed.total());
    }

    /** What was ignored or bounded. */
    List<Issue> notes() {
        var notes = new ArrayList<>(parsed.notes());
        notes.addAll(form.notes());
        return notes;
    }
}
