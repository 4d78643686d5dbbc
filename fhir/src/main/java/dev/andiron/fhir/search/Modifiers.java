package dev.andiron.fhir.search;

import dev.andiron.fhir.definition.SearchParameterType;
import dev.andiron.fhir.search.SearchProblems.Refusal;

import java.util.List;

/** Which modifiers there are for which type of parameter. */
final class Modifiers {
    private static final String ANY_TYPE = "[type]";

    private Modifiers() {}

    static List<String> of(SearchParameterType type) {
        return switch (type) {
            case STRING -> List.of("missing", "exact", "contains", "text");
            case TOKEN ->
                    List.of(
                            "missing",
                            "not",
                            "text",
                            "code-text",
                            "text-advanced",
                            "in",
                            "not-in",
                            "above",
                            "below",
                            "of-type");
            case REFERENCE ->
                    List.of(
                            "missing",
                            "identifier",
                            "text",
                            "code-text",
                            "text-advanced",
                            "above",
                            "below",
                            ANY_TYPE);
            case URI -> List.of("missing", "contains", "above", "below");
            case NUMBER, DATE, QUANTITY, COMPOSITE, SPECIAL -> List.of("missing");
        };
    }

    /** Says which ones there are. */
    static Refusal inapplicable(String modifier, SearchParameterType type) {
        return Refusal.notUnderstood(
                "there is no modifier ':"
                        + modifier
                        + "' for parameters of type "
                        + type.code()
                        + "; there is "
                        + String.join(", ", of(type)));
    }
}
