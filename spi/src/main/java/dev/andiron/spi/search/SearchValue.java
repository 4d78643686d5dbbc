package dev.andiron.spi.search;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;

/**
 * One value that a resource is found by, extracted by the kernel and given to the store with the
 * write. {@link #parameter()} is the code of the search parameter, such as {@code identifier},
 * within the resource's type. Texts are never null; an absent part is the empty string.
 */
public sealed interface SearchValue {

    /** The code of the search parameter. */
    String parameter();

    /**
     * A string.
     *
     * @param normalized what prefix and contains searches compare: case-folded, without accents,
     *     white space folded
     * @param exact the text as it stands in the resource
     */
    record Text(String parameter, String normalized, String exact) implements SearchValue {}

    /**
     * A code, identifier, boolean or contact.
     *
     * @param system the system's URI, empty when there is none
     * @param code the code; case matters
     * @param display texts for the {@code :text} modifier, normalised; empty when there are none
     */
    record Token(String parameter, String system, String code, String display)
            implements SearchValue {}

    /**
     * An identifier with its type, for the {@code :of-type} modifier.
     *
     * @param typeSystem the system of the identifier's type
     * @param typeCode the code of the identifier's type
     * @param value the identifier's value
     */
    record TypedIdentifier(String parameter, String typeSystem, String typeCode, String value)
            implements SearchValue {}

    /**
     * A reference to a resource of this server.
     *
     * @param type the target's type
     * @param id the target's id
     * @param version the target's version, empty unless the reference names one
     */
    record LocalReference(String parameter, String type, String id, String version)
            implements SearchValue {}

    /** A reference to anything else: an absolute URL, a URN, a canonical with its version. */
    record ExternalReference(String parameter, String uri) implements SearchValue {}

    /** The identifier of a logical reference, for the {@code :identifier} modifier. */
    record ReferenceIdentifier(String parameter, String system, String value)
            implements SearchValue {}

    /**
     * A date, time or period as a half-open interval.
     *
     * @param low its first instant; {@link Instant#MIN} when it has no start
     * @param high the first instant behind it; {@link Instant#MAX} when it has no end
     */
    record Date(String parameter, Instant low, Instant high) implements SearchValue {}

    /**
     * A number. It is a point, {@code low} and {@code high} equal to {@code value}, unless the
     * element itself is a range: what digits mean widens the tested range of a search instead, so
     * that {@code gt100} does not find 100.
     *
     * @param value the number as written
     */
    record Number(String parameter, BigDecimal low, BigDecimal value, BigDecimal high)
            implements SearchValue {}

    /**
     * A quantity.
     *
     * @param low the lower bound: the value, or that of a range, or -1E+308 for a comparator that
     *     sets none
     * @param value the number as written
     * @param high the upper bound, likewise; a point has {@code low}, {@code value} and {@code
     *     high} alike
     * @param system the unit's system, empty when there is none
     * @param code the unit's code, or the unit as text when it has no code
     * @param canonicalCode the UCUM unit in canonical base units, empty when it has none
     * @param canonicalLow the lower bound in the canonical unit, {@code low} when it has none
     * @param canonicalHigh the upper bound in the canonical unit, {@code high} when it has none
     */
    record Quantity(
            String parameter,
            BigDecimal low,
            BigDecimal value,
            BigDecimal high,
            String system,
            String code,
            String canonicalCode,
            BigDecimal canonicalLow,
            BigDecimal canonicalHigh)
            implements SearchValue {}

    /** A URI, compared as it stands. */
    record Uri(String parameter, String value) implements SearchValue {}

    /** A place on Earth in degrees. */
    record Position(String parameter, double latitude, double longitude) implements SearchValue {}

    /**
     * The values of one element for a composite parameter.
     *
     * @param components for each component of the parameter, in order, the values found
     */
    record Composite(String parameter, List<List<SearchValue>> components) implements SearchValue {
        public Composite {
            components = components.stream().map(List::copyOf).toList();
        }
    }

    /**
     * Free text for {@code _text} and {@code _content}.
     *
     * @param parameter {@code _text} (the narrative) or {@code _content} (everything)
     * @param text normalised as {@link Text#normalized()} is, and bounded by the kernel
     */
    record FullText(String parameter, String text) implements SearchValue {}

    /**
     * A resource contained in the one that is written. It comes once under {@link #ANY} and once
     * for each reference parameter that leads to it.
     *
     * @param parameter {@link #ANY}, or the code of a reference parameter of the containing
     *     resource
     * @param type its type
     * @param id its id within the containing resource, without {@code #}
     * @param values what it is found by, none of them contained again
     */
    record Contained(String parameter, String type, String id, List<SearchValue> values)
            implements SearchValue {
        /** The parameter under which every contained resource comes. */
        public static final String ANY = "_contained";

        public Contained {
            values = List.copyOf(values);
        }
    }
}
