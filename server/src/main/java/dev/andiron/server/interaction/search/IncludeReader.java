package dev.andiron.server.interaction.search;

import dev.andiron.fhir.definition.Definitions;
import dev.andiron.fhir.definition.SearchParameter;
import dev.andiron.fhir.definition.SearchParameterType;
import dev.andiron.fhir.definition.SearchParameters;

import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Reads {@code _include} and {@code _revinclude}, and says what is wrong with one. */
final class IncludeReader {
    private final Definitions definitions;
    private final SearchParameters parameters;
    private final Set<String> searched;

    /**
     * @param searched the types that are searched; empty means all
     */
    IncludeReader(Definitions definitions, SearchParameters parameters, Set<String> searched) {
        this.definitions = definitions;
        this.parameters = parameters;
        this.searched = searched;
    }

    /** What is wrong with an include: a sentence. */
    static final class Refused extends Exception {
        private static final long serialVersionUID = 1;

        private Refused(String message) {
            super(message, null, false, false);
        }
    }

    /**
     * Reads one parameter.
     *
     * @param name with its modifier, such as {@code _include:iterate}
     * @param value such as {@code Observation:subject:Patient}, {@code Observation:*} or {@code *}
     */
    Include read(String name, String value) throws Refused {
        int colon = name.indexOf(':');
        String bare = colon < 0 ? name : name.substring(0, colon);
        String modifier = colon < 0 ? "iterate" : name.substring(colon + 1);
        if (!modifier.equals("iterate")) {
            throw new Refused(
                    "the modifier ':%s' is none of it; ':iterate' is".formatted(modifier));
        }
        boolean reverse = bare.equals("_revinclude");
        boolean iterate = colon >= 0;
        if (value.equals("*")) {
            return new Include(
                    reverse, iterate, Optional.empty(), Optional.empty(), Optional.empty());
        }
        String[] parts = value.split(":", -1);
        if (parts.length < 2 || parts.length > 3) {
            throw new Refused(
                    "'%s' is not of the form Type:parameter, Type:parameter:TargetType, Type:* or *"
                            .formatted(value));
        }
        String source = type(parts[0]);
        Optional<String> target =
                parts.length == 3 ? Optional.of(type(parts[2])) : Optional.empty();
        Optional<String> code = parts[1].equals("*") ? Optional.empty() : Optional.of(parts[1]);
        if (code.isPresent()) {
            reference(source, code.get(), target, reverse, iterate);
        }
        if (!reverse && !iterate && !searched.isEmpty() && !searched.contains(source)) {
            throw new Refused(
                    ("no %s is searched, so nothing of it is included; with _include:iterate it"
                                    + " would be about included resources")
                            .formatted(source));
        }
        return new Include(reverse, iterate, Optional.of(source), code, target);
    }

    private String type(String name) throws Refused {
        if (!definitions.isResourceType(name)) {
            throw new Refused("there is no resource type '%s'".formatted(name));
        }
        return name;
    }

    private void reference(
            String source, String code, Optional<String> target, boolean reverse, boolean iterate)
            throws Refused {
        Optional<SearchParameter> parameter = parameters.searchParameter(source, code);
        if (parameter.isEmpty() || parameter.get().type() != SearchParameterType.REFERENCE) {
            throw new Refused(
                    "%s has no reference parameter '%s'; it has %s"
                            .formatted(source, code, References.codes(parameters, source)));
        }
        Set<String> targets = parameter.get().targets();
        if (target.isPresent() && !targets.isEmpty() && !targets.contains(target.get())) {
            throw new Refused(
                    "'%s' of %s does not lead to a %s".formatted(code, source, target.get()));
        }
        boolean leadsHere =
                targets.isEmpty()
                        || searched.isEmpty()
                        || searched.stream().anyMatch(targets::contains);
        if (reverse && !iterate && !leadsHere) {
            throw new Refused(
                    "'%s' of %s leads to none of the types that are searched (%s)"
                            .formatted(code, source, String.join(", ", new TreeSet<>(searched))));
        }
    }
}
