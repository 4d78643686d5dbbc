package dev.andiron.spi.search;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What one value of a parameter must be. A resource matches if at least one of its values is so.
 */
public sealed interface ValueTest {

    /** How texts and URIs are compared. */
    enum TextOperator {
        /** The value equals the text. */
        EQUALS,
        /** The value starts with the text. */
        STARTS_WITH,
        /** The value contains the text. */
        CONTAINS,
        /** The value ends with the text. */
        ENDS_WITH
    }

    /**
     * How ranges are compared. The tested range is [low, high), the value's [l, h); both ends as
     * FHIR R4 section 3.1.1.4.4 says.
     */
    enum RangeOperator {
        /** low &lt;= l and h &lt;= high: the tested range contains the value's. */
        EQ,
        /** Not {@link #EQ}. */
        NE,
        /** h &gt; high: some of the value's range lies above the tested one. */
        GT,
        /** l &lt; low. */
        LT,
        /** {@link #GT} or {@link #EQ}. */
        GE,
        /** {@link #LT} or {@link #EQ}. */
        LE,
        /** l &gt;= high: the value starts after. */
        SA,
        /** h &lt;= low: the value ends before. */
        EB,
        /** The ranges overlap; the kernel has widened the tested one already. */
        AP
    }

    /**
     * Tests {@link SearchValue.Text}.
     *
     * @param exact compare {@link SearchValue.Text#exact()} instead of the normalised form
     */
    record Text(TextOperator operator, String text, boolean exact) implements ValueTest {}

    /**
     * Tests {@link SearchValue.Token}.
     *
     * @param system empty optional: any system; empty text: no system
     * @param code empty optional: any code
     */
    record Token(Optional<String> system, Optional<String> code) implements ValueTest {}

    /** Tests the display of {@link SearchValue.Token}, normalised; one without never passes. */
    record TokenDisplay(TextOperator operator, String text) implements ValueTest {}

    /** Tests {@link SearchValue.Token} against a list of codes, such as an expanded value set. */
    record TokenIn(List<Token> tokens) implements ValueTest {
        public TokenIn {
            tokens = List.copyOf(tokens);
        }
    }

    /** Tests {@link SearchValue.TypedIdentifier}; all three parts are equal. */
    record TypedIdentifier(String typeSystem, String typeCode, String value) implements ValueTest {}

    /**
     * Tests {@link SearchValue.LocalReference}.
     *
     * @param type the target's type; empty when any will do
     * @param id the target's id
     * @param version the target's version; empty when any will do
     */
    record LocalReference(Optional<String> type, String id, Optional<String> version)
            implements ValueTest {}

    /** Tests {@link SearchValue.ExternalReference}. */
    record ExternalReference(TextOperator operator, String uri) implements ValueTest {}

    /**
     * Tests {@link SearchValue.ReferenceIdentifier}.
     *
     * @param system empty optional: any system; empty text: no system
     * @param value empty optional: any value
     */
    record ReferenceIdentifier(Optional<String> system, Optional<String> value)
            implements ValueTest {}

    /** Tests {@link SearchValue.Date}. */
    record Date(RangeOperator operator, Instant low, Instant high) implements ValueTest {}

    /** Tests {@link SearchValue.Number}. */
    record Number(RangeOperator operator, BigDecimal low, BigDecimal high) implements ValueTest {}

    /**
     * Tests {@link SearchValue.Quantity}.
     *
     * @param canonical compare {@link SearchValue.Quantity#canonicalLow()} and the canonical unit
     * @param system empty optional: any; not used when canonical
     * @param code empty optional: any; the canonical unit when canonical
     */
    record Quantity(
            RangeOperator operator,
            BigDecimal low,
            BigDecimal high,
            boolean canonical,
            Optional<String> system,
            Optional<String> code)
            implements ValueTest {}

    /** Tests {@link SearchValue.Uri}. */
    record Uri(TextOperator operator, String uri) implements ValueTest {}

    /**
     * Tests that a {@link SearchValue.Uri} is this one, or a prefix of it on a path boundary
     * ({@code :above}).
     */
    record UriAbove(String uri) implements ValueTest {}

    /**
     * Tests {@link SearchValue.Position}: within a great-circle distance on a sphere with a radius
     * of 6,371,008.8 m.
     */
    record Near(double latitude, double longitude, double meters) implements ValueTest {}

    /**
     * Tests {@link SearchValue.Composite}: within one element, each component has a value that
     * passes the test at the same place of the list.
     */
    record Composite(List<ValueTest> components) implements ValueTest {
        public Composite {
            components = List.copyOf(components);
        }
    }

    /**
     * Tests {@link SearchValue.FullText}: all of the words occur, in any order. A word is a run of
     * letters and digits, normalised as the text is.
     */
    record Words(List<String> words) implements ValueTest {
        public Words {
            words = List.copyOf(words);
        }
    }

    /** Tests {@link SearchValue.FullText}: the words occur one right after the other. */
    record Phrase(List<String> words) implements ValueTest {
        public Phrase {
            words = List.copyOf(words);
        }
    }
}
