package dev.andiron.fhir.parameter;

import dev.andiron.fhir.definition.SearchParameterType;

import java.util.Set;

/** Which elements a type of search parameters can compare. */
final class Comparability {
    private static final Set<String> TOKENS =
            Set.of("Coding", "CodeableConcept", "CodeableReference", "Identifier", "ContactPoint");
    private static final Set<String> TEXTS = Set.of("HumanName", "Address", "CodeableConcept");
    private static final Set<String> REFERENCES =
            Set.of("Reference", "CodeableReference", "canonical", "uri", "url");
    private static final Set<String> DATES =
            Set.of("date", "dateTime", "instant", "Period", "Timing");
    private static final Set<String> NUMBERS =
            Set.of("integer", "integer64", "decimal", "positiveInt", "unsignedInt", "Range");
    private static final Set<String> QUANTITIES =
            Set.of(
                    "Quantity",
                    "SimpleQuantity",
                    "MoneyQuantity",
                    "Age",
                    "Count",
                    "Distance",
                    "Duration",
                    "Money",
                    "Range",
                    "SampledData");
    private static final Set<String> URIS = Set.of("uri", "url", "canonical", "oid", "uuid");
    private static final String SYSTEM = "System.";

    private Comparability() {}

    /**
     * Whether a parameter can compare elements.
     *
     * @param element the type of the elements, such as {@code CodeableConcept}; a System type such
     *     as {@code System.Boolean}
     */
    static boolean fits(SearchParameterType type, String element) {
        boolean isSystem = element.startsWith(SYSTEM);
        String plain = isSystem ? element.substring(SYSTEM.length()) : element;
        boolean isPrimitive = isSystem || Character.isLowerCase(element.charAt(0));
        return switch (type) {
            case TOKEN -> isPrimitive || TOKENS.contains(element);
            case STRING -> isPrimitive || TEXTS.contains(element);
            case REFERENCE -> REFERENCES.contains(element);
            case DATE ->
                    DATES.contains(element)
                            || isSystem && (plain.equals("Date") || plain.equals("DateTime"));
            case NUMBER ->
                    NUMBERS.contains(element)
                            || isSystem && (plain.equals("Integer") || plain.equals("Decimal"));
            case QUANTITY -> QUANTITIES.contains(element) || isSystem && plain.equals("Quantity");
            case URI -> URIS.contains(element) || isSystem && plain.equals("String");
            case COMPOSITE -> true;
            case SPECIAL -> false;
        };
    }
}
