/** Backends put together: any pair, and objects with a search index. */
module dev.andiron.composite {
    requires dev.andiron.spi;

    provides dev.andiron.spi.BackendProvider with
            dev.andiron.composite.PairProvider,
            dev.andiron.composite.S3ElasticsearchProvider;
}
