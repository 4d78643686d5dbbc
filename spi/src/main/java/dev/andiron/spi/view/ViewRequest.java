package dev.andiron.spi.view;

import dev.andiron.spi.search.Criterion;

import java.util.Objects;
import java.util.OptionalLong;

/**
 * A run of a view.
 *
 * @param view what to run
 * @param filter only resources that match: compartments, a time of last change and the like. It has
 *     parts only that the backend declares among its {@link dev.andiron.spi.search.SearchFeature}s
 * @param limit how many rows at most, from 0
 * @param functions what a backend need not know about dates, keys and texts
 */
public record ViewRequest(
        View view, Criterion filter, OptionalLong limit, ScalarFunctions functions) {
    public ViewRequest {
        Objects.requireNonNull(view, "view is null");
        Objects.requireNonNull(filter, "filter is null");
        Objects.requireNonNull(functions, "functions is null");
        if (limit.isPresent() && limit.getAsLong() < 0) {
            throw new IllegalArgumentException("a limit is at least 0");
        }
    }
}
