package dev.andiron.kernel.config;

import dev.andiron.spi.Option;
import dev.andiron.spi.Options;
import dev.andiron.spi.tenant.TenantId;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * One configured interceptor.
 *
 * @param name its name, the key under {@code interceptors:}
 * @param plugin the name of its plugin
 * @param order lower ones come first before an interaction, and last after it
 * @param tenants for whom it runs; empty means for all
 * @param options the values of what its plugin declares
 */
public record InterceptorSection(
        String name, String plugin, long order, Set<TenantId> tenants, Options options) {

    /** The name of the plugin that an interceptor runs on. */
    static final Option<String> PLUGIN =
            Option.string("plugin", "The plugin that the interceptor runs on.").required();

    private static final Option<Long> ORDER =
            Option.integer(
                    "order",
                    100,
                    "Interceptors with lower numbers come first before an interaction, and last"
                            + " after it.");
    private static final Option<String> TENANTS =
            Option.string(
                    "tenants",
                    "The tenants for whom it runs, separated by commas; without it for all.");

    /** What every interceptor may be given. */
    static final List<Option<?>> OPTIONS = List.of(PLUGIN, ORDER, TENANTS);

    public InterceptorSection {
        tenants = Set.copyOf(tenants);
    }

    static InterceptorSection of(String name, Section section, Map<String, Object> values) {
        Options all = Options.of(section.options(), values);
        var own = new ArrayList<>(section.options());
        own.removeAll(OPTIONS);
        var given = new java.util.HashMap<>(values);
        OPTIONS.forEach(option -> given.remove(option.name()));
        return new InterceptorSection(
                name,
                all.get(PLUGIN),
                all.get(ORDER),
                tenants(section, all.find(TENANTS).orElse("")),
                Options.of(own, given));
    }

    private static Set<TenantId> tenants(Section section, String text) {
        List<String> names =
                Arrays.stream(text.split(",", -1))
                        .map(String::strip)
                        .filter(name -> !name.isEmpty())
                        .toList();
        for (String wrong : names) {
            if (!TenantId.isWellFormed(wrong)) {
                String key = Section.key(section.name(), TENANTS.name());
                throw new ConfigurationException(
                        List.of(
                                new ConfigurationProblem(
                                        "configuration",
                                        key,
                                        key
                                                + " names the tenant '"
                                                + wrong
                                                + "', which no tenant"
                                                + " can be called")));
            }
        }
        return names.stream().map(TenantId::new).collect(Collectors.toUnmodifiableSet());
    }
}
