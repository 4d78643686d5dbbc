package dev.andiron.sql;

import dev.andiron.spi.search.SearchValue;

import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The numbers that stand for names in the index tables, for one tenant. What has no number occurs
 * in no row.
 */
public interface Catalog {

    /**
     * The tenant's types among these, of all when none is given; those never written are left out.
     */
    List<Kind> kinds(Set<String> types);

    /**
     * Whether resources of the kind have values of the parameter that an earlier release marked as
     * {@link Facet#PRESENCE} alone, because it had no index for them: a search by their values
     * would not find them.
     */
    default boolean hasUnindexed(Kind kind, String code) {
        return false;
    }

    /** The number of a parameter's facet. */
    OptionalLong parameter(Kind kind, String code, Facet facet);

    /** The number of a system, unit or code; see {@link SearchValue.Token#system()}. */
    OptionalLong name(String name);
}
