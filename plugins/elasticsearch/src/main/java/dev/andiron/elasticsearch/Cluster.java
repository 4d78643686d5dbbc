package dev.andiron.elasticsearch;

import co.elastic.clients.elasticsearch.ElasticsearchClient;
import co.elastic.clients.json.jackson.JacksonJsonpMapper;
import co.elastic.clients.transport.rest5_client.Rest5ClientTransport;
import co.elastic.clients.transport.rest5_client.low_level.Request;
import co.elastic.clients.transport.rest5_client.low_level.Rest5Client;

import dev.andiron.elasticsearch.ClusterMeters.Operation;
import dev.andiron.spi.Health;
import dev.andiron.spi.StorageException;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The connection to Elasticsearch. Nothing is asked of it before it is needed, so that it may be
 * down when the server starts; what fails is told as the SPI says, and remembered for its health
 * until a request succeeds.
 */
final class Cluster implements AutoCloseable {
    private final ClusterMeters meters;
    private final Rest5Client rest;
    private final Rest5ClientTransport transport;
    private final ElasticsearchClient client;
    private final AtomicReference<Optional<String>> trouble =
            new AtomicReference<>(Optional.empty());
    private final AtomicBoolean isLooking = new AtomicBoolean();
    private volatile boolean isClosed;

    Cluster(ElasticsearchOptions options, ClusterMeters meters) {
        this.meters = meters;
        rest = Clients.of(options);
        transport = new Rest5ClientTransport(rest, new JacksonJsonpMapper());
        client = new ElasticsearchClient(transport);
    }

    /** One request. */
    interface Call<T> {
        T make(ElasticsearchClient client) throws IOException;
    }

    /** Makes a request. */
    <T> T call(Operation operation, Call<T> call) {
        long start = System.nanoTime();
        try {
            T answer = call.make(client);
            trouble.set(Optional.empty());
            meters.succeeded(operation, System.nanoTime() - start);
            return answer;
        } catch (IOException | RuntimeException failure) {
            StorageException told = isClosed ? closed(failure) : Failures.of(failure);
            meters.failed(operation, told, System.nanoTime() - start);
            boolean isTrouble =
                    told instanceof StorageException.Unavailable && !Failures.isMissing(told)
                            || told instanceof StorageException.Timeout;
            trouble.set(isTrouble ? Optional.of(told.getMessage()) : Optional.empty());
            throw told;
        }
    }

    private static StorageException closed(Exception failure) {
        return new StorageException.Unavailable(
                "the backend is closed", Duration.ofSeconds(1), failure);
    }

    /** Makes a request whose body is JSON of our own. */
    void send(String method, String path, String json) {
        call(
                Operation.ADMINISTRATION,
                any -> {
                    var request = new Request(method, path);
                    request.setJsonEntity(json);
                    return rest.performRequest(request);
                });
    }

    /** How the last request went; after a failure a new one is made aside. */
    Health health() {
        Optional<String> reason = trouble.get();
        if (reason.isPresent() && isLooking.compareAndSet(false, true)) {
            Thread.ofVirtual().name("elasticsearch-health").start(this::look);
        }
        return reason.<Health>map(Health.Down::new).orElseGet(Health.Up::new);
    }

    private void look() {
        try {
            call(Operation.ADMINISTRATION, ElasticsearchClient::ping);
        } catch (StorageException remembered) {
            System.getLogger(Cluster.class.getName())
                    .log(System.Logger.Level.DEBUG, "still in trouble", remembered);
        } finally {
            isLooking.set(false);
        }
    }

    @Override
    public void close() {
        isClosed = true;
        try {
            transport.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
