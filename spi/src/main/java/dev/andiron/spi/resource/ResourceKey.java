package dev.andiron.spi.resource;

/**
 * The type and logical id of a resource, within a tenant. Ordered by type, then id, both by UTF-16
 * code units (all allowed characters are ASCII).
 *
 * @param type the resource type, such as {@code Patient}
 * @param id the logical id, 1 to 64 of {@code [A-Za-z0-9.-]}
 */
public record ResourceKey(String type, String id) implements Comparable<ResourceKey> {

    @Override
    public int compareTo(ResourceKey other) {
        int byType = type.compareTo(other.type);
        return byType != 0 ? byType : id.compareTo(other.id);
    }

    /** The relative reference, such as {@code Patient/1}. */
    @Override
    public String toString() {
        return type + "/" + id;
    }
}
