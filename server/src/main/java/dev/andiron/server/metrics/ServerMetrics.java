package dev.andiron.server.metrics;

import dev.andiron.kernel.composite.Composite;
import dev.andiron.kernel.composite.FollowerState;
import dev.andiron.kernel.plugin.CallListener;
import dev.andiron.server.export.ExportObserver;
import dev.andiron.server.http.RequestObserver;
import dev.andiron.server.job.JobObserver;
import dev.andiron.server.view.TableObserver;
import dev.andiron.spi.job.JobCount;
import dev.andiron.spi.job.JobState;
import dev.andiron.spi.metric.Meters;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/**
 * Timers of requests and of calls into backends, and the state of the JVM. Safe for use by many
 * threads.
 */
public final class ServerMetrics
        implements RequestObserver,
                CallListener,
                JobObserver,
                TableObserver,
                ExportObserver,
                AutoCloseable {
    private static final Duration[] BUCKETS = {
        Duration.ofMillis(1),
        Duration.ofMillis(5),
        Duration.ofMillis(10),
        Duration.ofMillis(25),
        Duration.ofMillis(50),
        Duration.ofMillis(100),
        Duration.ofMillis(250),
        Duration.ofSeconds(1),
        Duration.ofSeconds(5),
        Duration.ofSeconds(30)
    };

    private final PrometheusMeterRegistry registry =
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final JvmGcMetrics collector = new JvmGcMetrics();
    private final Counter bytes =
            Counter.builder("andiron.response.bytes")
                    .description("Bytes of FHIR answers, before compression")
                    .register(registry);
    private final Counter exportedResources =
            Counter.builder("andiron.export.resources")
                    .description(
                            "Lines and rows in files that exports of this server have finished")
                    .register(registry);
    private final Counter exportedBytes =
            Counter.builder("andiron.export.bytes")
                    .description("Bytes of files that exports of this server have finished")
                    .register(registry);
    private final ConcurrentHashMap<Request, Timer> requests = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<Call, Timer> calls = new ConcurrentHashMap<>();

    private record Request(String interaction, int status) {}

    private record Call(String backend, String facet, String operation, String failure) {}

    private boolean isJavaWatched;

    /**
     * Adds the metrics of the JVM, once. Apart from the others, for Java takes longer to load its
     * management than to answer a request; they are there whenever somebody asks.
     */
    public synchronized void watchJava() {
        if (isJavaWatched) {
            return;
        }
        isJavaWatched = true;
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        collector.bindTo(registry);
    }

    /** Shows how many requests run. */
    public void running(IntSupplier count) {
        Gauge.builder("andiron.requests.running", count, IntSupplier::getAsInt)
                .description("FHIR requests that run now")
                .strongReference(true)
                .register(registry);
    }

    /**
     * Shows the jobs.
     *
     * @param kinds what they are called
     * @param running how many run in this server
     * @param counts how many there are, which is asked at most every few seconds
     */
    public void jobs(List<String> kinds, IntSupplier running, Supplier<List<JobCount>> counts) {
        Gauge.builder("andiron.jobs.running", running, IntSupplier::getAsInt)
                .description("Jobs that run in this server")
                .strongReference(true)
                .register(registry);
        var known = new JobCounts(counts);
        for (String kind : kinds) {
            for (JobState state : JobState.values()) {
                Gauge.builder("andiron.jobs.kept", known, all -> all.of(kind, state))
                        .description("Jobs in the storage by kind and state")
                        .tag("kind", kind)
                        .tag("state", state.name().toLowerCase(Locale.ROOT))
                        .strongReference(true)
                        .register(registry);
            }
        }
    }

    /**
     * Shows how the followers of composites are doing.
     *
     * @param composites by their configured names
     */
    public void followers(Map<String, Composite> composites) {
        composites.forEach(
                (name, composite) -> {
                    for (FollowerState follower : composite.followers()) {
                        new FollowerMetrics(registry, name, composite, follower.backend()).show();
                    }
                });
    }

    @Override
    public void tableEnded(String runner, long rows) {
        Counter.builder("andiron.tables")
                .description("Tables answered with, by who made them")
                .tag("runner", runner)
                .register(registry)
                .increment();
        Counter.builder("andiron.table.rows")
                .description("Rows of tables answered with, by who made them")
                .tag("runner", runner)
                .register(registry)
                .increment(rows);
    }

    @Override
    public void exported(long resources, long size) {
        exportedResources.increment(resources);
        exportedBytes.increment(size);
    }

    @Override
    public void ended(String kind, String outcome, long nanoseconds) {
        Timer.builder("andiron.jobs.attempts")
                .description("Attempts at jobs by kind and outcome")
                .tag("kind", kind)
                .tag("outcome", outcome)
                .register(registry)
                .record(nanoseconds, TimeUnit.NANOSECONDS);
    }

    @Override
    public void answered(String interaction, int status, long nanoseconds, long length) {
        var request = new Request(interaction, status);
        Timer timer = requests.get(request);
        if (timer == null) {
            timer = requests.computeIfAbsent(request, this::timer);
        }
        timer.record(nanoseconds, TimeUnit.NANOSECONDS);
        if (length > 0) {
            bytes.increment(length);
        }
    }

    @Override
    public void called(
            String backend, String facet, String operation, long nanoseconds, String failure) {
        var call = new Call(backend, facet, operation, failure);
        // A plain look first: computeIfAbsent would lock for every one of many parallel calls.
        Timer timer = calls.get(call);
        if (timer == null) {
            timer = calls.computeIfAbsent(call, this::timer);
        }
        timer.record(nanoseconds, TimeUnit.NANOSECONDS);
    }

    @Override
    public Meters meters(String backend) {
        return new BackendMeters(registry, backend);
    }

    private Timer timer(Request request) {
        return Timer.builder("andiron.requests")
                .description("FHIR requests by interaction and status")
                .tag("interaction", request.interaction())
                .tag("status", Integer.toString(request.status()))
                .serviceLevelObjectives(BUCKETS)
                .register(registry);
    }

    private Timer timer(Call call) {
        return Timer.builder("andiron.backend.calls")
                .description("Calls into backends")
                .tag("backend", call.backend())
                .tag("facet", call.facet())
                .tag("operation", call.operation())
                .tag("failure", call.failure())
                .register(registry);
    }

    /** Everything in Prometheus' text format. */
    public String text() {
        watchJava();
        return registry.scrape();
    }

    @Override
    public synchronized void close() {
        isJavaWatched = true;
        collector.close();
        registry.close();
    }
}
