package dev.andiron.kernel.interceptor;

import dev.andiron.kernel.StartupException;
import dev.andiron.kernel.StartupException.ExitCode;
import dev.andiron.kernel.config.Configuration;
import dev.andiron.kernel.config.InterceptorSection;
import dev.andiron.kernel.plugin.CallListener;
import dev.andiron.kernel.plugin.Guard;
import dev.andiron.kernel.plugin.InstalledInterceptor;
import dev.andiron.kernel.plugin.Plugins;
import dev.andiron.spi.StorageException;
import dev.andiron.spi.interceptor.Interceptor;
import dev.andiron.spi.tenant.TenantId;

import java.lang.System.Logger.Level;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The opened interceptors of a server. Safe for use by many threads. */
public final class Interceptors implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Interceptors.class.getName());

    private final List<OpenInterceptor> inOrder = new ArrayList<>();

    private Interceptors() {}

    /** None at all. */
    public static Interceptors none() {
        return new Interceptors();
    }

    /**
     * Opens all that are configured. Each must open, for what it would have refused must not pass.
     *
     * @throws StartupException if one does not open; the others are closed again
     */
    public static Interceptors open(
            Configuration configuration,
            Plugins plugins,
            InstantSource clock,
            CallListener listener) {
        var opened = new Interceptors();
        try {
            configuration.interceptors().stream()
                    .sorted(
                            Comparator.comparingLong(InterceptorSection::order)
                                    .thenComparing(InterceptorSection::name))
                    .forEach(
                            section ->
                                    opened.inOrder.add(
                                            open(
                                                    section,
                                                    configuration,
                                                    plugins,
                                                    clock,
                                                    listener)));
            return opened;
        } catch (RuntimeException refused) {
            opened.close();
            throw refused;
        }
    }

    private static OpenInterceptor open(
            InterceptorSection section,
            Configuration configuration,
            Plugins plugins,
            InstantSource clock,
            CallListener listener) {
        InstalledInterceptor plugin =
                plugins.findInterceptor(section.plugin())
                        .orElseThrow(() -> refused(section, "the plugin is not installed", null));
        var context =
                new LentInterceptorContext(
                        section.name(), section.options(), clock, configuration.dataDirectory());
        try {
            Interceptor opened = plugin.provider().open(context);
            if (opened == null) {
                throw refused(section, "the plugin opened nothing", null);
            }
            return new OpenInterceptor(
                    section.name(),
                    section.tenants(),
                    Guard.around(
                            Interceptor.class, opened, section.name(), plugin.loader(), listener));
        } catch (StorageException failed) {
            throw refused(section, Guard.reason(failed), failed);
        }
    }

    private static StartupException refused(
            InterceptorSection section, String reason, Throwable cause) {
        return new StartupException(
                "the interceptor '%s' (plugin '%s') cannot be opened: %s"
                        .formatted(section.name(), section.plugin(), reason),
                ExitCode.CONFIGURATION,
                cause);
    }

    /** Those that run for a tenant, the first before an interaction first. */
    public List<OpenInterceptor> of(TenantId tenant) {
        return inOrder.isEmpty()
                ? List.of()
                : inOrder.stream().filter(each -> each.runsFor(tenant)).toList();
    }

    /** Closes them in the reverse order; one that fails does not keep the others open. */
    @Override
    public void close() {
        for (OpenInterceptor each : inOrder.reversed()) {
            try {
                each.interceptor().close();
            } catch (RuntimeException failed) {
                LOG.log(
                        Level.WARNING,
                        "the interceptor '" + each.name() + "' did not close",
                        failed);
            }
        }
        inOrder.clear();
    }
}
