package dev.andiron.elasticsearch;

import dev.andiron.spi.Backend;
import dev.andiron.spi.Health;
import dev.andiron.spi.composite.Follower;
import dev.andiron.spi.metric.Meters;
import dev.andiron.spi.search.SearchEngine;

import java.time.InstantSource;
import java.util.Optional;

/** A search index in Elasticsearch. */
final class ElasticsearchBackend implements Backend {
    private final Cluster cluster;
    private final ElasticsearchFollower follower;
    private final ElasticsearchSearchEngine search;

    private ElasticsearchBackend(
            ElasticsearchOptions options, ClusterMeters meters, InstantSource clock) {
        cluster = new Cluster(options, meters);
        var indices = new Indices(cluster, options);
        var positions = new Positions(cluster, indices);
        follower =
                new ElasticsearchFollower(
                        cluster,
                        positions,
                        new Rebuilds(cluster, indices, positions),
                        new BulkSender(cluster, meters, options),
                        new DeletionMarks(cluster, options.keepDeleted(), clock));
        search = new ElasticsearchSearchEngine(cluster, positions, options);
    }

    /** Asks nothing of Elasticsearch, which may be down. */
    static ElasticsearchBackend open(
            ElasticsearchOptions options, Meters meters, InstantSource clock) {
        return new ElasticsearchBackend(options, new ClusterMeters(meters), clock);
    }

    @Override
    public Optional<SearchEngine> search() {
        return Optional.of(search);
    }

    @Override
    public Optional<Follower> follower() {
        return Optional.of(follower);
    }

    @Override
    public Health health() {
        return cluster.health();
    }

    @Override
    public void close() {
        cluster.close();
    }
}
