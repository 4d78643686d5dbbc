package dev.andiron.s3;

import dev.andiron.spi.Options;
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

    private Node(ObjectStore objects, S3Options options) {
        this.objects = objects;
        backend = new S3Backend(objects, options, InstantSource.system());
    }

    /** A node on S3Mock. */
    static Node open(String prefix, ExecutionInterceptor... interceptors) {
        return open(S3Mock.server().url(), prefix, Map.of(), interceptors);
    }

    /** A node by way of a URL, with more options. */
    static Node open(
            URI url, String prefix, Map<String, ?> more, ExecutionInterceptor... interceptors) {
        var values = new HashMap<String, Object>(S3Mock.options(url, prefix));
        values.putAll(more);
        var options = S3Options.of(Options.of(S3Options.ALL, values));
        return new Node(new ObjectStore(Clients.of(options, interceptors), options), options);
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
