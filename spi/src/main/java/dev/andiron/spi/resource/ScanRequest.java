package dev.andiron.spi.resource;

import java.util.Optional;

/**
 * Which live resources to walk through.
 *
 * @param type of this type only
 * @param after only keys behind this one, to go on where an earlier scan stopped
 */
public record ScanRequest(Optional<String> type, Optional<ResourceKey> after) {

    public static ScanRequest ofType(String type) {
        return new ScanRequest(Optional.of(type), Optional.empty());
    }

    public static ScanRequest all() {
        return new ScanRequest(Optional.empty(), Optional.empty());
    }

    public ScanRequest after(ResourceKey key) {
        return new ScanRequest(type, Optional.of(key));
    }
}
