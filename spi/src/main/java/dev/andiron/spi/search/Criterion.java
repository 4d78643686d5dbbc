package dev.andiron.spi.search;

import java.time.Instant;
import java.util.List;
import java.util.Set;

/**
 * What a resource must be to be found: a tree that the kernel has validated, typed and resolved. A
 * backend translates it; whatever it does not declare among its {@link SearchFeature}s it never
 * gets.
 */
public sealed interface Criterion {

    /** Everything. */
    static Criterion everything() {
        return new All(List.of());
    }

    /** All of these hold; without any, everything matches. */
    record All(List<Criterion> criteria) implements Criterion {
        public All {
            criteria = List.copyOf(criteria);
        }
    }

    /** At least one of these holds; without any, nothing matches. */
    record Any(List<Criterion> criteria) implements Criterion {
        public Any {
            criteria = List.copyOf(criteria);
        }
    }

    /** This does not hold. */
    record Not(Criterion criterion) implements Criterion {}

    /** The logical id is one of these (FHIR: {@code _id}). */
    record Id(Set<String> ids) implements Criterion {
        public Id {
            ids = Set.copyOf(ids);
        }
    }

    /** The type is one of these (FHIR: {@code _type}). */
    record Type(Set<String> types) implements Criterion {
        public Type {
            types = Set.copyOf(types);
        }
    }

    /**
     * When the current version was written (FHIR: {@code _lastUpdated}); the value is a single
     * millisecond.
     */
    record LastUpdated(ValueTest.RangeOperator operator, Instant low, Instant high)
            implements Criterion {}

    /**
     * The resource has a value of the parameter that passes the test.
     *
     * @param parameter the code of the search parameter
     */
    record Value(String parameter, ValueTest test) implements Criterion {}

    /**
     * The resource has any value of the parameter at all (FHIR: {@code :missing=false}).
     *
     * @param parameter the code of the search parameter
     */
    record Present(String parameter) implements Criterion {}

    /**
     * A local reference of the resource, whatever version it names, leads to a live resource of one
     * of the types that matches (FHIR: chained parameters).
     */
    record Chain(String parameter, Set<String> targetTypes, Criterion target) implements Criterion {
        public Chain {
            targetTypes = Set.copyOf(targetTypes);
        }
    }

    /**
     * A live resource of another type refers to this one by its parameter, and matches (FHIR:
     * {@code _has}).
     */
    record ReverseChain(String sourceType, String parameter, Criterion source)
            implements Criterion {}

    /**
     * A {@link SearchValue.Contained} of the resource under the parameter is of one of the types
     * and matches by its own values (FHIR: {@code _contained}). Within, {@link Id} and {@link Type}
     * are about the contained resource, {@link LastUpdated} is about the containing one, and a
     * {@link ReverseChain} never matches.
     *
     * @param parameter {@link SearchValue.Contained#ANY}, or the code of a reference parameter that
     *     leads to the contained resource
     * @param types the types of contained resources; empty means all
     */
    record Contained(String parameter, Set<String> types, Criterion criterion)
            implements Criterion {
        public Contained {
            types = Set.copyOf(types);
        }
    }
}
