package dev.andiron.server.interaction.transaction;

import dev.andiron.fhir.outcome.FhirException;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** Spreads work on many entries over the processors. */
final class Parallel {
    /** Below this, handing work over costs more than it gains. */
    private static final int WORTHWHILE = 32;

    private Parallel() {}

    /**
     * Does something for each item.
     *
     * @throws FhirException with the issues of all the items that fail
     */
    static <T> void forEach(List<T> items, Consumer<T> action) {
        var failures = new FhirException[items.size()];
        IntStream indices = IntStream.range(0, items.size());
        (items.size() < WORTHWHILE ? indices : indices.parallel())
                .forEach(
                        i -> {
                            try {
                                action.accept(items.get(i));
                            } catch (FhirException e) {
                                failures[i] = e;
                            }
                        });
        var failed = new ArrayList<FhirException>();
        for (FhirException failure : failures) {
            if (failure != null) {
                failed.add(failure);
            }
        }
        if (!failed.isEmpty()) {
            throw Outcomes.of(failed);
        }
    }
}
