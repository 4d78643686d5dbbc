package dev.andiron.s3;

import dev.andiron.spi.resource.FhirVersion;
import dev.andiron.spi.resource.Json;
import dev.andiron.spi.resource.Mutation;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.ScanRequest;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.tck.fixture.Resources;
import dev.andiron.tck.fixture.Tenant;
import dev.andiron.tck.fixture.Walk;

import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;

/**
 * How loading, reading and scanning slow down as the object store gets farther away. Run by hand;
 * it asserts nothing.
 */
final class LatencyBenchmark {
    private static final int LOADERS = 8;
    private static final int BUNDLES = 10;
    private static final int BUNDLE = 200;
    private static final int READERS = 32;
    private static final int READS = 1_000;

    private LatencyBenchmark() {}

    /** Holds each request back. */
    private record Distance(Duration delay) implements ExecutionInterceptor {
        @Override
        public void beforeTransmission(
                Context.BeforeTransmission context, ExecutionAttributes attributes) {
            if (delay.isPositive()) {
                LockSupport.parkNanos(delay.toNanos());
            }
        }
    }

    /** Measures with 0, 10 and 50 ms added to each request, after a run that warms up. */
    public static void main(String[] arguments) {
        measure(0, false);
        for (int delay : new int[] {0, 10, 50}) {
            measure(delay, true);
        }
    }

    private static void measure(int delay, boolean print) {
        String prefix = UUID.randomUUID() + "/";
        var log = new RequestLog();
        try (Node node =
                Node.open(
                        S3Mock.server().url(),
                        prefix,
                        Map.of("cache-size", 0L),
                        log,
                        new Distance(Duration.ofMillis(delay)))) {
            Tenant tenant = node.tenant("default");
            int loaded = LOADERS * BUNDLES * BUNDLE;
            report(print, delay, "load", loaded, log, () -> load(tenant));
            report(print, delay, "read", READS, log, () -> read(tenant));
            report(print, delay, "scan", loaded, log, () -> Walk.scan(tenant, ScanRequest.all()));
        }
    }

    private static void report(
            boolean print, int delay, String what, int count, RequestLog log, Runnable action) {
        log.take();
        long start = System.nanoTime();
        action.run();
        double seconds = (System.nanoTime() - start) / 1e9;
        long sent = log.sent();
        long received = log.received();
        int requests = log.take().size();
        if (print) {
            System.out.printf(
                    Locale.ROOT,
                    "+%2d ms  %s  %,9.0f resources/s  %.3f requests, %,d B sent, %,d B received"
                            + " each%n",
                    delay,
                    what,
                    count / seconds,
                    (double) requests / count,
                    sent / count,
                    received / count);
        }
    }

    private static void all(List<CompletableFuture<Void>> tasks) {
        tasks.forEach(Parallel::join);
    }

    private static void load(Tenant tenant) {
        List<CompletableFuture<Void>> tasks = new ArrayList<>();
        for (int i = 0; i < LOADERS; i++) {
            int loader = i;
            tasks.add(
                    Parallel.start(
                            () -> {
                                for (int bundle = 0; bundle < BUNDLES; bundle++) {
                                    tenant.commit(bundle(loader, bundle));
                                }
                                return null;
                            }));
        }
        all(tasks);
    }

    private static Mutation[] bundle(int loader, int bundle) {
        Mutation[] puts = new Mutation[BUNDLE];
        for (int i = 0; i < BUNDLE; i++) {
            puts[i] =
                    new Mutation.Put(
                            new StoredResource(
                                    key(loader, bundle, i),
                                    1,
                                    Resources.nextInstant(),
                                    FhirVersion.R4,
                                    false,
                                    content(loader * 1_000_003 + bundle * 1_009 + i)),
                            List.of());
        }
        return puts;
    }

    private static ResourceKey key(int loader, int bundle, int number) {
        return Resources.observation(loader + "-" + bundle + "-" + number);
    }

    /** About 2 KiB that compress as JSON does. */
    private static Json content(int seed) {
        var text = new StringBuilder("{\"resourceType\":\"Observation\"");
        for (int i = 0; i < 24; i++) {
            text.append(",\"component")
                    .append(i)
                    .append("\":{\"system\":\"http://loinc.org\",\"code\":\"")
                    .append((long) seed * 31 + i * 7919L)
                    .append("\",\"value\":")
                    .append(Math.abs(Math.sin(seed + i)))
                    .append('}');
        }
        return Json.of(text.append('}').toString());
    }

    private static void read(Tenant tenant) {
        List<CompletableFuture<Void>> tasks = new ArrayList<>();
        for (int i = 0; i < READERS; i++) {
            int reader = i;
            tasks.add(
                    Parallel.start(
                            () -> {
                                for (int read = reader; read < READS; read += READERS) {
                                    tenant.read(key(read % LOADERS, read % BUNDLES, read % BUNDLE));
                                }
                                return null;
                            }));
        }
        all(tasks);
    }
}
