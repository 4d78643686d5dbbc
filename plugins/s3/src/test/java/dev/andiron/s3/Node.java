package dev.andiron.s3;

import dev.andiron.spi.Options;
import dev.andiron.spi.metric.Meters;
import dev.andiron.tck.fixture.Tenant;

import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;

import java.net.URI;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;

/**
 * A node on a bucket, opened without the check of conditional writes, whose requests a test can
 * see.
 */
final class Node implements AutoCloseable {
    private final S3Backend backend;
    private final ObjectStore objects;

    private Node(ObjectStore objects, S3Options options, IndexShape shape) {
        this.objects = objects;
        backend = new S3Backend(objects, options, InstantSource.system(), shape, Meters.none());
    }

    /** A node on S3Mock. */
    static Node open(String prefix, ExecutionInterceptor... interceptors) {
        return open(S3Mock.server().url(), prefix, Map.of(), interceptors);
    }

    /** A node by way of a URL, with more options. */
    static Node open(
            URI url, String prefix, Map<String, ?> more, ExecutionInterceptor... interceptors) {
        return open(url, prefix, more, IndexShape.STANDARD, interceptors);
    }

    /** A node whose index is cut in another way. */
    static Node open(
            URI url,
            String prefix,
            Map<String, ?> more,
            IndexShape shape,
            ExecutionInterceptor... interceptors) {
        var values = new HashMap<String, Object>(S3Mock.options(url, prefix));
        values.putAll(more);
        var options = S3Options.of(Options.of(S3Options.ALL, values));
        return new Node(
                new ObjectStore(Clients.of(options, interceptors), options), options, shape);
    }

    S3Backend backend() {
        return backend;
    }

    ObjectStore objects() {
        return objects;
    }

    Tenant tenant(String name) {
        return Tenant.of(backend, name);
    }

    @Override
    public void close() {
        backend.close();
    }
}
