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

    /** The number of a parameter's facet. */
    OptionalLong parameter(Kind kind, String code, Facet facet);

    /** The number of a system, unit or code; see {@link SearchValue.Token#system()}. */
    OptionalLong name(String name);
}
