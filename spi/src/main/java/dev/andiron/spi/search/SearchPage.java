package dev.andiron.spi.search;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A page of hits.
 *
 * @param hits in order
 * @param next what to give as {@link Query#after()} for the next page; empty when this is the last,
 *     so that no page behind it would be empty
 * @param total how many resources match in all, if it was asked for and is known
 */
public record SearchPage(List<Hit> hits, Optional<Cursor> next, OptionalLong total) {
    public SearchPage {
        hits = List.copyOf(hits);
    }
}
