package dev.andiron.fhir.parameter;

import dev.andiron.fhir.definition.Definitions;

import java.util.ArrayList;
import java.util.List;

/** The alternatives of an expression, {@code Patient.name | Practitioner.name}, by base type. */
final class Alternatives {
    private Alternatives() {}

    /**
     * What is left of an expression for one base type: the alternatives that start from it, from a
     * type that it is derived from, or from no type at all.
     *
     * @return empty if nothing is left
     */
    static String of(String expression, String base, Definitions definitions) {
        var kept = new ArrayList<String>();
        for (String alternative : split(expression)) {
            String first = firstName(alternative);
            boolean namesType = definitions.isResourceType(first) || isAbstract(first);
            if (!namesType
                    || TenantParameters.isA(definitions, base, first)
                    || TenantParameters.isA(definitions, first, base)) {
                kept.add(alternative.strip());
            }
        }
        return String.join(" | ", kept);
    }

    private static boolean isAbstract(String name) {
        return name.equals("Resource") || name.equals("DomainResource");
    }

    /** Splits at the bars that stand in no bracket and no quotation. */
    private static List<String> split(String expression) {
        var parts = new ArrayList<String>();
        int depth = 0;
        int start = 0;
        char quote = 0;
        for (int i = 0; i < expression.length(); i++) {
            char c = expression.charAt(i);
            if (quote != 0) {
                if (c == '\\') {
                    i++;
                } else if (c == quote) {
                    quote = 0;
                }
                continue;
            }
            switch (c) {
                case '\'', '`', '"' -> quote = c;
                case '(', '[', '{' -> depth++;
                case ')', ']', '}' -> depth--;
                case '|' -> {
                    if (depth == 0) {
                        parts.add(expression.substring(start, i));
                        start = i + 1;
                    }
                }
                default -> {
                    // part of an alternative
                }
            }
        }
        parts.add(expression.substring(start));
        return parts;
    }

    /** The first name of an alternative, behind brackets that open. */
    private static String firstName(String alternative) {
        int from = 0;
        while (from < alternative.length()
                && (alternative.charAt(from) == '('
                        || Character.isWhitespace(alternative.charAt(from)))) {
            from++;
        }
        int to = from;
        while (to < alternative.length() && Character.isLetterOrDigit(alternative.charAt(to))) {
            to++;
        }
        return alternative.substring(from, to);
    }
}
