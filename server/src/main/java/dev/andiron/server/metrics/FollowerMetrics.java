package dev.andiron.server.metrics;

import dev.andiron.kernel.composite.Composite;
import dev.andiron.kernel.composite.FollowerState;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;

import java.util.function.ToDoubleFunction;

/** How one follower of a composite is doing. */
final class FollowerMetrics {
    private static final double MILLIS = 1e3;

    private final MeterRegistry registry;
    private final String name;
    private final Composite composite;
    private final String follower;

    FollowerMetrics(MeterRegistry registry, String name, Composite composite, String follower) {
        this.registry = registry;
        this.name = name;
        this.composite = composite;
        this.follower = follower;
    }

    void show() {
        gauge(
                "andiron.follower.lag.positions",
                "Positions of the primary that the follower has not applied",
                FollowerState::positions);
        gauge(
                "andiron.follower.lag.seconds",
                "The age of the oldest change that the follower has not applied",
                state -> state.lag().toMillis() / MILLIS);
        gauge(
                "andiron.follower.failures",
                "Attempts at applying that failed in a row",
                FollowerState::failures);
        gauge(
                "andiron.follower.refused",
                "Resources that the follower does not take, a hundred at most",
                state -> state.refused().size());
        gauge(
                "andiron.follower.healthy",
                "1 while the follower is as close behind as configured, else 0",
                state -> state.isHealthy() ? 1 : 0);
        counter(
                "andiron.follower.applied",
                "Changes that this server has applied to the follower",
                FollowerState::applied);
        counter(
                "andiron.follower.retries",
                "Attempts at applying that failed and were tried again",
                FollowerState::failed);
    }

    private void gauge(String meter, String description, ToDoubleFunction<FollowerState> value) {
        Gauge.builder(meter, composite, each -> value.applyAsDouble(state(each)))
                .description(description)
                .tag("composite", name)
                .tag("follower", follower)
                .strongReference(true)
                .register(registry);
    }

    private void counter(String meter, String description, ToDoubleFunction<FollowerState> value) {
        FunctionCounter.builder(meter, composite, each -> value.applyAsDouble(state(each)))
                .description(description)
                .tag("composite", name)
                .tag("follower", follower)
                .register(registry);
    }

    private FollowerState state(Composite of) {
        return of.followers().stream()
                .filter(state -> state.backend().equals(follower))
                .findFirst()
                .orElseThrow();
    }
}
