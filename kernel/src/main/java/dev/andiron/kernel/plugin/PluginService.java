package dev.andiron.kernel.plugin;

import dev.andiron.spi.BackendProvider;
import dev.andiron.spi.interceptor.InterceptorProvider;

import java.util.Arrays;
import java.util.stream.Collectors;

/** What a plugin may provide. */
public enum PluginService {
    BACKEND(BackendProvider.class),
    INTERCEPTOR(InterceptorProvider.class);

    private final Class<?> type;

    PluginService(Class<?> type) {
        this.type = type;
    }

    /** The service that a descriptor or a services file names. */
    String service() {
        return type.getName();
    }

    /** The file of a jar that is no module. */
    String file() {
        return "META-INF/services/" + type.getName();
    }

    static boolean provides(String service) {
        return Arrays.stream(values()).anyMatch(it -> it.service().equals(service));
    }

    /** All services, for a sentence. */
    static String all() {
        return Arrays.stream(values())
                .map(PluginService::service)
                .collect(Collectors.joining(" or "));
    }

    @Override
    public String toString() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
