package dev.andiron.composite;

import dev.andiron.elasticsearch.ElasticsearchServer;
import dev.andiron.kernel.Andiron;
import dev.andiron.kernel.config.ConfigurationSource;
import dev.andiron.kernel.plugin.PluginLocations;
import dev.andiron.postgres.PostgresServer;
import dev.andiron.s3.S3Mock;
import dev.andiron.server.AndironServer;
import dev.andiron.server.ServerOptions;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** A server over a composite on a free port of this JVM, and a client that speaks to it. */
final class CompositeServer extends CompositeClient {
    private final AndironServer server;

    /**
     * @param settings values by dotted key, the backends among them
     */
    CompositeServer(Path data, Map<String, String> settings) throws IOException {
        this(serve(data, settings));
    }

    private CompositeServer(AndironServer server) {
        super(server.url());
        this.server = server;
    }

    private static AndironServer serve(Path data, Map<String, String> settings) throws IOException {
        var all = new HashMap<String, String>();
        all.put("server.port", "0");
        all.put("server.request-log", "false");
        // A busy machine is no reason to answer 503.
        all.put("backends.main.patience", "4m");
        all.put("backends.main.tolerated-lag", "1h");
        all.putAll(settings);
        var source = new ConfigurationSource(Optional.empty(), Map.of(), all, data);
        return AndironServer.start(
                Andiron.prepare(
                        source, ServerOptions.sections(), PluginLocations.of().withClassPath()));
    }

    /** SQLite, followed by an index in memory. */
    static Map<String, String> sqliteAndMemory(Path data) {
        return Map.of(
                "backends.main.plugin", "composite",
                "backends.main.primary", "truth",
                "backends.main.search", "index",
                "backends.truth.plugin", "sqlite",
                "backends.truth.path", data.resolve("truth.db").toString(),
                "backends.truth.durability", "relaxed",
                "backends.index.plugin", "memory-index",
                "backends.index.folder", data.toString());
    }

    /** SQLite, followed by an Elasticsearch. */
    static Map<String, String> sqliteElasticsearch(Path data, URI elasticsearch) {
        var settings =
                pair(
                        "sqlite",
                        Map.of(
                                "path",
                                data.resolve("truth.db").toString(),
                                "durability",
                                "relaxed"));
        settings.putAll(index(data, elasticsearch));
        return settings;
    }

    /** PostgreSQL, followed by an Elasticsearch. */
    static Map<String, String> postgresElasticsearch(Path data, URI elasticsearch) {
        var settings = pair("postgres", PostgresServer.of(18).options(data));
        settings.putAll(index(data, elasticsearch));
        return settings;
    }

    private static Map<String, String> pair(String plugin, Map<String, ?> options) {
        var settings = new HashMap<String, String>();
        settings.put("backends.main.plugin", "composite");
        settings.put("backends.main.primary", "truth");
        settings.put("backends.main.search", "index");
        settings.put("backends.truth.plugin", plugin);
        options.forEach((name, value) -> settings.put("backends.truth." + name, value.toString()));
        return settings;
    }

    private static Map<String, String> index(Path data, URI elasticsearch) {
        var settings = new HashMap<String, String>();
        settings.put("backends.index.plugin", "elasticsearch");
        ElasticsearchServer.options(elasticsearch, data)
                .forEach((name, value) -> settings.put("backends.index." + name, value.toString()));
        return settings;
    }

    /** An object store with the Elasticsearch of these tests, in one block. */
    static Map<String, String> s3Elasticsearch(Path data) {
        return s3Elasticsearch(data, ElasticsearchServer.server().url());
    }

    /** An object store with Elasticsearch, in one block. */
    static Map<String, String> s3Elasticsearch(Path data, URI elasticsearch) {
        var settings = new HashMap<String, String>();
        settings.put("backends.main.plugin", "s3-elasticsearch");
        S3Mock.server()
                .options(data)
                .forEach(
                        (name, value) ->
                                settings.put("backends.main.s3-" + name, value.toString()));
        ElasticsearchServer.options(elasticsearch, data)
                .forEach(
                        (name, value) ->
                                settings.put(
                                        "backends.main.elasticsearch-" + name, value.toString()));
        return settings;
    }

    AndironServer server() {
        return server;
    }

    @Override
    public void close() {
        try {
            server.close();
        } finally {
            super.close();
        }
    }
}
