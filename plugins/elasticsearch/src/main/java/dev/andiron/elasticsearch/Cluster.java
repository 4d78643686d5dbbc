package dev.andiron.elasticsearch;

import co.elastic.clients.elasticsearch.ElasticsearchClient;
import co.elastic.clients.json.jackson.JacksonJsonpMapper;
import co.elastic.clients.transport.rest5_client.Rest5ClientTransport;
import co.elastic.clients.transport.rest5_client.low_level.Request;
import co.elastic.clients.transport.rest5_client.low_level.Response;
import co.elastic.clients.transport.rest5_client.low_level.ResponseException;
import co.elastic.clients.transport.rest5_client.low_level.Rest5Client;

import dev.andiron.elasticsearch.ClusterMeters.Operation;
import dev.andiron.spi.Health;
import dev.andiron.spi.StorageException;

import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The connection to Elasticsearch. Nothing is asked of it before it is needed, so that it may be
 * down when the server starts; what fails is told as the SPI says, and remembered for its health
 * until a request succeeds.
 */
final class Cluster implements AutoCloseable {
    private static final ContentType LINES_OF_JSON =
            ContentType.create("application/x-ndjson", StandardCharsets.UTF_8);

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
                    return perform(request);
                });
    }

    /** This client takes what the server refuses for an answer like others. */
    private Response perform(Request request) throws IOException {
        Response response = rest.performRequest(request);
        if (response.getStatusCode() >= 300) {
            throw new ResponseException(response);
        }
        return response;
    }

    /**
     * Writes documents.
     *
     * @param body as {@link BulkBody} makes it
     * @return those that were not written
     */
    List<BulkAnswer.Item> bulk(String index, byte[] body, int documents) {
        return call(
                Operation.BULK,
                any -> {
                    var request = new Request("POST", "/" + index + "/_bulk");
                    request.addParameter("filter_path", BulkAnswer.FILTER);
                    request.setEntity(new ByteArrayEntity(body, LINES_OF_JSON));
                    try (InputStream answer = perform(request).getEntity().getContent()) {
                        return BulkAnswer.failed(answer, documents);
                    }
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
