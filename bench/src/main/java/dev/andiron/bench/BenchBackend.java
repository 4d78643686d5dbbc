package dev.andiron.bench;

import dev.andiron.spi.Backend;
import dev.andiron.spi.BackendContext;
import dev.andiron.spi.BackendProvider;
import dev.andiron.spi.Options;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.ServiceLoader;

/** Backends that benchmarks open themselves, without a server. */
final class BenchBackend {
    private BenchBackend() {}

    /**
     * Opens one.
     *
     * @param data the folder of what it keeps
     * @param values its options, of which a plugin takes those that it has
     */
    static Backend open(String plugin, Path data, Map<String, Object> values) {
        BackendProvider provider =
                ServiceLoader.load(BackendProvider.class).stream()
                        .map(ServiceLoader.Provider::get)
                        .filter(each -> each.name().equals(plugin))
                        .findFirst()
                        .orElseThrow(() -> new IllegalArgumentException("no plugin " + plugin));
        var taken = new LinkedHashMap<String, Object>();
        provider.options().stream()
                .filter(option -> values.containsKey(option.name()))
                .forEach(option -> taken.put(option.name(), values.get(option.name())));
        Options options = Options.of(provider.options(), taken);
        return provider.open(
                new BackendContext() {
                    @Override
                    public String backendName() {
                        return "bench";
                    }

                    @Override
                    public Options options() {
                        return options;
                    }

                    @Override
                    public InstantSource clock() {
                        return InstantSource.system();
                    }

                    @Override
                    public Path dataDirectory() {
                        return data;
                    }
                });
    }
}
