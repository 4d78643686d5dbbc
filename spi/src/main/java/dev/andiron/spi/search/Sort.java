package dev.andiron.spi.search;

import java.util.List;

/**
 * One key to sort by. A resource with several values sorts by its smallest when ascending and by
 * its largest when descending; one without any comes last, both ways. Texts are in the order of
 * their Unicode code points.
 */
public sealed interface Sort {

    boolean descending();

    /** By a search parameter. */
    record Parameter(String parameter, ValueKind kind, boolean descending) implements Sort {}

    /**
     * By a search parameter that has the values of several others together, as if these were one. A
     * backend that does not declare {@link SearchFeature#SORT_UNION} never gets it: it gets a
     * {@link Parameter} instead, of which the values are written for it.
     *
     * @param parameter the code of the search parameter
     * @param parameters the codes of those that have its values; a resource may have it by any
     */
    record Union(String parameter, List<String> parameters, ValueKind kind, boolean descending)
            implements Sort {
        public Union {
            parameters = List.copyOf(parameters);
        }
    }

    /** By the time of the last write. */
    record LastUpdated(boolean descending) implements Sort {}

    /** By the logical id. */
    record Id(boolean descending) implements Sort {}

    /** By how well it matches; better ones first. */
    record Score() implements Sort {
        @Override
        public boolean descending() {
            return true;
        }
    }

    /**
     * By the great-circle distance between a point and the nearest {@link SearchValue.Position} of
     * the resource (the farthest, when descending).
     *
     * @param latitude of the point, in degrees
     * @param longitude of the point, in degrees
     */
    record Distance(String parameter, double latitude, double longitude, boolean descending)
            implements Sort {}

    /** Which kind of {@link SearchValue} a parameter has, and so which part of it sorts. */
    enum ValueKind {
        /** {@link SearchValue.Text#normalized()}. */
        TEXT,
        /** {@link SearchValue.Token#code()}, then system. */
        TOKEN,
        /** The reference as text: type and id, or the URI. */
        REFERENCE,
        /** {@link SearchValue.Date#low()} ascending, {@link SearchValue.Date#high()} descending. */
        DATE,
        /** {@link SearchValue.Number#value()}. */
        NUMBER,
        /** {@link SearchValue.Quantity#canonicalLow()}. */
        QUANTITY,
        /** {@link SearchValue.Uri#value()}. */
        URI
    }
}
