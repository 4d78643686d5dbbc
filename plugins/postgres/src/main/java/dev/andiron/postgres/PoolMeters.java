package dev.andiron.postgres;

import com.zaxxer.hikari.metrics.IMetricsTracker;
import com.zaxxer.hikari.metrics.MetricsTrackerFactory;
import com.zaxxer.hikari.metrics.PoolStats;

import dev.andiron.spi.metric.MeterName;
import dev.andiron.spi.metric.Meters;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;

/** What the pools of a backend report, all of its databases together. Safe for many threads. */
final class PoolMeters implements MetricsTrackerFactory {
    private final Set<PoolStats> pools = ConcurrentHashMap.newKeySet();
    private final Meters.Timer waits;
    private final Meters.Timer uses;
    private final Meters.Timer connects;
    private final Meters.Counter timeouts;

    PoolMeters(Meters meters) {
        waits = meters.timer(MeterName.of("postgres.pool.waits", "Waits for a connection"));
        uses = meters.timer(MeterName.of("postgres.pool.uses", "Times that connections were lent"));
        connects = meters.timer(MeterName.of("postgres.pool.connects", "Connections made"));
        timeouts =
                meters.counter(
                        MeterName.of(
                                "postgres.pool.timeouts",
                                "Requests that got no connection within the pool-timeout"));
        gauge(meters, "busy", "Connections that are lent", PoolStats::getActiveConnections);
        gauge(meters, "idle", "Connections that nobody uses", PoolStats::getIdleConnections);
        gauge(
                meters,
                "waiting",
                "Requests that wait for a connection",
                PoolStats::getPendingThreads);
        gauge(meters, "most", "Connections that there may be", PoolStats::getMaxConnections);
    }

    private void gauge(
            Meters meters, String name, String description, ToLongFunction<PoolStats> value) {
        meters.gauge(
                MeterName.of("postgres.pool." + name, description),
                () -> pools.stream().mapToLong(value).sum());
    }

    @Override
    public IMetricsTracker create(String pool, PoolStats statistics) {
        pools.add(statistics);
        return new IMetricsTracker() {
            @Override
            public void recordConnectionAcquiredNanos(long nanoseconds) {
                waits.record(nanoseconds);
            }

            @Override
            public void recordConnectionUsageMillis(long milliseconds) {
                uses.record(TimeUnit.MILLISECONDS.toNanos(milliseconds));
            }

            @Override
            public void recordConnectionCreatedMillis(long milliseconds) {
                connects.record(TimeUnit.MILLISECONDS.toNanos(milliseconds));
            }

            @Override
            public void recordConnectionTimeout() {
                timeouts.add(1);
            }

            @Override
            public void close() {
                pools.remove(statistics);
            }
        };
    }
}
