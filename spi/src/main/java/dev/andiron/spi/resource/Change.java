package dev.andiron.spi.resource;

/** One committed change at its place in the tenant's order of commits. */
public sealed interface Change {

    /** Its position: larger than that of every change committed before. Gaps are allowed. */
    long position();

    ResourceKey key();

    /** A version was written, deleted ones included. */
    record Written(long position, StoredResource resource) implements Change {
        @Override
        public ResourceKey key() {
            return resource.key();
        }
    }

    /** A resource was erased with all of its versions. */
    record Purged(long position, ResourceKey key) implements Change {}
}
