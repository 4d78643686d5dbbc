package dev.andiron.composite;

import dev.andiron.elasticsearch.ElasticsearchProvider;
import dev.andiron.elasticsearch.ElasticsearchServer;
import dev.andiron.tck.fixture.Opening;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The Elasticsearch of these tests, the same for all of them. */
final class Elasticsearch {
    private Elasticsearch() {}

    /** An index of its own for each folder. */
    static Opening opening() {
        return new Opening(
                new ElasticsearchProvider(),
                folder -> ElasticsearchServer.options(ElasticsearchServer.server().url(), folder));
    }

    /**
     * A command line of another JVM, which is told where the servers are.
     *
     * @param more names and values of further system properties
     */
    static Optional<List<String>> forked(List<String> java, String... more) {
        var command = new ArrayList<>(java);
        command.add(
                1,
                "-D%s=%s"
                        .formatted(
                                ElasticsearchServer.URL_PROPERTY,
                                ElasticsearchServer.server().url()));
        for (int i = 0; i < more.length; i += 2) {
            command.add(1, "-D%s=%s".formatted(more[i], more[i + 1]));
        }
        return Optional.of(command);
    }
}
