package dev.andiron.spi.search;

/**
 * The parts of the query form that a search engine may take. It gets no {@link Query} with a part
 * that it does not declare; {@link Criterion.All}, {@link Criterion.Any}, {@link Criterion.Id},
 * {@link Criterion.Type}, {@link Criterion.LastUpdated}, paging and the sorts by id and last update
 * belong to every engine.
 */
public enum SearchFeature {
    /** {@link ValueTest.Text}. */
    TEXT,
    /** {@link ValueTest.Token} and {@link ValueTest.TokenIn}. */
    TOKEN,
    /** {@link ValueTest.TokenDisplay}. */
    TOKEN_DISPLAY,
    /** {@link ValueTest.TypedIdentifier}. */
    TYPED_IDENTIFIER,
    /** {@link ValueTest.LocalReference} and {@link ValueTest.ExternalReference}. */
    REFERENCE,
    /** {@link ValueTest.ReferenceIdentifier}. */
    REFERENCE_IDENTIFIER,
    /** {@link ValueTest.Date}. */
    DATE,
    /** {@link ValueTest.Number}. */
    NUMBER,
    /** {@link ValueTest.Quantity}. */
    QUANTITY,
    /** {@link ValueTest.Uri}. */
    URI,
    /** {@link ValueTest.UriAbove}. */
    URI_ABOVE,
    /** {@link ValueTest.Near} and {@link Sort.Distance}. */
    NEAR,
    /** {@link ValueTest.Composite}. */
    COMPOSITE,
    /** {@link ValueTest.Words} and {@link ValueTest.Phrase}. */
    FULL_TEXT,
    /** {@link Criterion.Not}. */
    NOT,
    /** {@link Criterion.Present}. */
    PRESENT,
    /** {@link Criterion.Chain}. */
    CHAIN,
    /** {@link Criterion.ReverseChain}. */
    REVERSE_CHAIN,
    /** {@link Criterion.Contained}. Without it no {@link SearchValue.Contained} is written. */
    CONTAINED,
    /** {@link Sort.Parameter}. */
    SORT,
    /**
     * {@link Sort.Union}. With it no values are written of search parameters whose values are those
     * of others together.
     */
    SORT_UNION,
    /** {@link Sort.Score} and {@link Hit#score()}. */
    SCORE,
    /** {@link Query.Total}. */
    TOTAL
}
