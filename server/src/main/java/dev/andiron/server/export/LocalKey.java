package dev.andiron.server.export;

import dev.andiron.spi.resource.ResourceKey;

import java.util.Optional;

/** Which resource of this server a reference leads to. */
final class LocalKey {
    private LocalKey() {}

    /**
     * The type and id in a reference such as {@code Patient/1} or {@code Patient/1/_history/2}.
     *
     * @param base absolute references below it are local, too
     * @return empty if it leads elsewhere
     */
    static Optional<ResourceKey> of(String reference, String base) {
        String local =
                reference.startsWith(base + "/")
                        ? reference.substring(base.length() + 1)
                        : reference;
        int slash = local.indexOf('/');
        if (slash <= 0 || local.startsWith("#") || local.indexOf(':') >= 0) {
            return Optional.empty();
        }
        int end = local.indexOf('/', slash + 1);
        if (end >= 0 && !local.startsWith("/_history/", end)) {
            return Optional.empty();
        }
        String id = end < 0 ? local.substring(slash + 1) : local.substring(slash + 1, end);
        return id.isEmpty()
                ? Optional.empty()
                : Optional.of(new ResourceKey(local.substring(0, slash), id));
    }
}
