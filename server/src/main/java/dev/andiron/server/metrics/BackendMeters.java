package dev.andiron.server.metrics;

import dev.andiron.spi.metric.MeterName;
import dev.andiron.spi.metric.Meters;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** What one backend counts and times, with its name. Safe for use by many threads. */
final class BackendMeters implements Meters {
    private final MeterRegistry registry;
    private final String backend;
    private final Set<MeterName> known = new HashSet<>();

    BackendMeters(MeterRegistry registry, String backend) {
        this.registry = registry;
        this.backend = backend;
    }

    @Override
    public Counter counter(MeterName name) {
        io.micrometer.core.instrument.Counter counter =
                io.micrometer.core.instrument.Counter.builder(checked(name))
                        .description(name.description())
                        .tags(tags(name))
                        .register(registry);
        return counter::increment;
    }

    @Override
    public Timer timer(MeterName name) {
        io.micrometer.core.instrument.Timer timer =
                io.micrometer.core.instrument.Timer.builder(checked(name))
                        .description(name.description())
                        .tags(tags(name))
                        .register(registry);
        return nanoseconds -> timer.record(nanoseconds, TimeUnit.NANOSECONDS);
    }

    @Override
    public void gauge(MeterName name, LongSupplier value) {
        Gauge.builder(checked(name), value, LongSupplier::getAsLong)
                .description(name.description())
                .tags(tags(name))
                .strongReference(true)
                .register(registry);
    }

    private synchronized String checked(MeterName name) {
        known.add(name);
        if (known.size() > MOST) {
            throw new IllegalStateException(
                    "the backend '%s' has more than %d meters".formatted(backend, MOST));
        }
        return "andiron." + name.name();
    }

    private List<Tag> tags(MeterName name) {
        var tags = new ArrayList<Tag>();
        tags.add(Tag.of("backend", backend));
        new TreeMap<>(name.labels()).forEach((key, value) -> tags.add(Tag.of(key, value)));
        return tags;
    }
}
