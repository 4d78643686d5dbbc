package dev.andiron.spi.resource;

import dev.andiron.spi.tenant.TenantContext;

import java.util.List;
import java.util.OptionalLong;

/**
 * Lists versions at the declared history levels (FHIR: the history interactions), newest first in
 * the order of commits. Because pages go by position, what is written meanwhile never moves,
 * repeats or hides a version of the pages that follow. Safe for use by many threads at once.
 */
public interface HistoryStore {

    /**
     * One page.
     *
     * @throws dev.andiron.spi.StorageException.NotSupported for a level that is not declared
     */
    Page history(TenantContext tenant, HistoryRequest request);

    /**
     * How many versions the whole listing has, whatever {@link HistoryRequest#before()} and the
     * limit; empty if that is not known without walking it.
     */
    default OptionalLong count(TenantContext tenant, HistoryRequest request) {
        return OptionalLong.empty();
    }

    /**
     * A page of versions.
     *
     * @param versions newest first
     * @param next what to give as {@link HistoryRequest#before()} for the next page; empty when
     *     this is the last, so that no page behind it would be empty
     */
    record Page(List<StoredResource> versions, OptionalLong next) {
        public Page {
            versions = List.copyOf(versions);
        }
    }
}
