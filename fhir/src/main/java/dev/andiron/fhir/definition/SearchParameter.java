package dev.andiron.fhir.definition;

import java.util.List;
import java.util.Set;

/**
 * A search parameter of one resource type, or of all ({@code Resource}, {@code DomainResource}).
 *
 * @param base the type it is defined on
 * @param code its name in a query, such as {@code birthdate}
 * @param type how its values are compared
 * @param expression the FHIRPath of its values, cut down to the alternatives of {@link #base()};
 *     empty where the standard has none ({@code _text}, {@code _content})
 * @param targets the resource types that a reference may lead to, abstract ones spelt out; empty
 *     unless it is a reference
 * @param components the parts of a composite, in order; empty unless it is one
 * @param url its canonical URL, which several types may share
 * @param description a line for people
 */
public record SearchParameter(
        String base,
        String code,
        SearchParameterType type,
        String expression,
        Set<String> targets,
        List<Component> components,
        String url,
        String description) {

    /**
     * One part of a composite parameter.
     *
     * @param definition the URL of the parameter that tells how to compare it
     * @param code that parameter's name
     * @param type that parameter's type
     * @param expression the FHIRPath of the part, relative to each result of the composite's own
     */
    public record Component(
            String definition, String code, SearchParameterType type, String expression) {}

    public SearchParameter {
        targets = Set.copyOf(targets);
        components = List.copyOf(components);
    }

    /**
     * An expression as it is meant: R4 writes a FHIR type as a System type, which no element ever
     * has.
     */
    public static String corrected(String expression) {
        return expression.replace("as(DateTime)", "as(dateTime)");
    }
}
