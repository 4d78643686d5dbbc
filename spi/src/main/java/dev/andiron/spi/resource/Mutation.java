package dev.andiron.spi.resource;

import dev.andiron.spi.search.SearchValue;

import java.util.List;

/**
 * One change within a {@link Commit}. A put or a delete carries the version that it makes, and a
 * store applies it only if the resource's current version (counting deletes) is exactly one less; 1
 * means that the resource never existed. Otherwise the commit fails with {@link
 * dev.andiron.spi.StorageException.VersionConflict}. So no update is ever lost, and versions are
 * never reused.
 */
public sealed interface Mutation {

    ResourceKey key();

    /**
     * Writes a version with content: a create or an update.
     *
     * @param resource the version, not deleted
     * @param searchValues what searches find it by, which replaces what the version before was
     *     found by; a store without search may ignore them
     */
    record Put(StoredResource resource, List<SearchValue> searchValues) implements Mutation {
        public Put {
            if (resource.deleted()) {
                throw new IllegalArgumentException("a put has content");
            }
            searchValues = List.copyOf(searchValues);
        }

        @Override
        public ResourceKey key() {
            return resource.key();
        }
    }

    /**
     * Writes a version that marks the resource as deleted; searches find it no more. What is
     * deleted already, or never existed, may be deleted too, which is a version like others.
     *
     * @param resource the version, deleted
     */
    record Delete(StoredResource resource) implements Mutation {
        public Delete {
            if (!resource.deleted()) {
                throw new IllegalArgumentException("a delete has no content");
            }
        }

        @Override
        public ResourceKey key() {
            return resource.key();
        }
    }

    /**
     * Erases a resource with all of its versions, whatever its state (also none at all), leaving
     * only a mark of the purge in the change feed. A resource that is created later under the same
     * key starts at version 1 again.
     */
    record Purge(ResourceKey key) implements Mutation {}

    /**
     * Replaces the search values of a version without making a new one: what a changed search
     * parameter needs. Not a change: neither history nor the change feed show it. If the current
     * version is another one by then, is deleted, or never was, this mutation does nothing, for the
     * newer write brought its own values. Sent only to backends that search.
     *
     * @param version the version that the values were extracted from
     * @param searchValues all that searches find it by, which replaces what it was found by
     */
    record Index(ResourceKey key, long version, List<SearchValue> searchValues)
            implements Mutation {
        public Index {
            if (version < 1) {
                throw new IllegalArgumentException("versions count from 1");
            }
            searchValues = List.copyOf(searchValues);
        }
    }
}
