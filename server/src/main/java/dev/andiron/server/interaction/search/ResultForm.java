package dev.andiron.server.interaction.search;

import dev.andiron.fhir.outcome.FhirException;
import dev.andiron.fhir.outcome.Issue;
import dev.andiron.fhir.search.QueryParameter;
import dev.andiron.server.interaction.FhirRequest;
import dev.andiron.server.interaction.FhirRules;
import dev.andiron.server.interaction.PageTokens;
import dev.andiron.server.interaction.Parameters;
import dev.andiron.server.interaction.ResultParameters;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/**
 * The parameters of a search that say what its result holds besides the matches. All others, which
 * say what matches, are left in {@code criteria}.
 *
 * @param criteria the others
 * @param includes what goes with the matches
 * @param most how many matches are given on all pages together, if that is bounded
 * @param explain whether the result explains itself
 * @param understood those of these parameters that were understood, for the link {@code self}
 * @param notes what was passed over
 */
record ResultForm(
        Parameters criteria,
        List<Include> includes,
        OptionalInt most,
        boolean explain,
        List<QueryParameter> understood,
        List<Issue> notes) {
    private static final String MAXIMUM = "_maxresults";
    private static final String EXPLAIN = "_explain";
    private static final int MOST_INCLUDES = 50;

    /**
     * Reads them.
     *
     * @param searched the types that are searched; empty means all
     * @throws FhirException 400 with all that is wrong
     */
    static ResultForm of(FhirRequest request, FhirRules rules, Set<String> searched) {
        return new Reader(request, rules, searched).read();
    }

    private static final class Reader {
        private final FhirRequest request;
        private final FhirRules rules;
        private final Set<String> searched;
        private final List<Parameters.Entry> criteria = new ArrayList<>();
        private final List<Include> includes = new ArrayList<>();
        private final List<QueryParameter> understood = new ArrayList<>();
        private final List<Issue> notes = new ArrayList<>();
        private final List<Issue> errors = new ArrayList<>();
        private final Set<String> once = new HashSet<>();
        private OptionalInt most = OptionalInt.empty();
        private boolean explain;

        Reader(FhirRequest request, FhirRules rules, Set<String> searched) {
            this.request = request;
            this.rules = rules;
            this.searched = searched;
        }

        ResultForm read() {
            var reader =
                    new IncludeReader(
                            rules.definitions(),
                            rules.searchParameters(request.tenant()),
                            searched);
            for (Parameters.Entry entry : request.parameters().entries()) {
                String name = entry.name();
                int colon = name.indexOf(':');
                switch (colon < 0 ? name : name.substring(0, colon)) {
                    case "_include", "_revinclude" -> include(reader, entry);
                    case MAXIMUM -> maximum(entry);
                    case EXPLAIN -> explain(entry);
                    case PageTokens.PARAMETER -> {
                        // the links read it
                    }
                    default -> {
                        if (!ResultParameters.FORM.contains(name)) {
                            criteria.add(entry);
                        }
                    }
                }
            }
            if (includes.size() > MOST_INCLUDES) {
                errors.add(
                        Issue.error(
                                "too-costly",
                                "A search takes at most %d includes.".formatted(MOST_INCLUDES)));
            }
            elements();
            if (!errors.isEmpty()) {
                throw new FhirException(400, errors);
            }
            return new ResultForm(
                    new Parameters(criteria),
                    List.copyOf(includes),
                    most,
                    explain,
                    List.copyOf(understood),
                    List.copyOf(notes));
        }

        private void include(IncludeReader reader, Parameters.Entry entry) {
            try {
                includes.add(reader.read(entry.name(), entry.value()));
                understand(entry);
            } catch (IncludeReader.Refused e) {
                problem(entry.name(), e.getMessage());
            }
        }

        private void maximum(Parameters.Entry entry) {
            if (!isFirst(entry)) {
                return;
            }
            if (entry.value().matches("[0-9]{1,9}") && Integer.parseInt(entry.value()) > 0) {
                most = OptionalInt.of(Integer.parseInt(entry.value()));
                understand(entry);
            } else {
                wrong(MAXIMUM, "'%s' is not a whole number from 1".formatted(entry.value()));
            }
        }

        private void explain(Parameters.Entry entry) {
            if (!isFirst(entry)) {
                return;
            }
            switch (entry.value()) {
                case "true" -> {
                    explain = true;
                    understand(entry);
                }
                case "false" -> understand(entry);
                default ->
                        wrong(EXPLAIN, "'%s' is neither true nor false".formatted(entry.value()));
            }
        }

        private boolean isFirst(Parameters.Entry entry) {
            if (once.add(entry.name())) {
                return true;
            }
            wrong(entry.name(), "it is given more than once");
            return false;
        }

        private void elements() {
            List<String> unknown =
                    request.parameters()
                            .first("_elements")
                            .map(names -> rules.unknownElements(searched, names))
                            .orElse(List.of());
            for (String name : unknown) {
                problem("_elements", "'%s' is no element of what is searched".formatted(name));
            }
        }

        private void understand(Parameters.Entry entry) {
            understood.add(new QueryParameter(entry.name(), entry.value()));
        }

        /** Wrong, but passed over where that is preferred. */
        private void problem(String name, String reason) {
            if (request.preferences().lenient()) {
                notes.add(
                        Issue.warning(
                                "not-supported",
                                "Parameter '%s' was ignored: %s".formatted(name, reason)));
            } else {
                errors.add(
                        Issue.error("not-supported", "Parameter '%s': %s".formatted(name, reason)));
            }
        }

        private void wrong(String name, String reason) {
            errors.add(Issue.error("value", "Parameter '%s': %s".formatted(name, reason)));
        }
    }
}
