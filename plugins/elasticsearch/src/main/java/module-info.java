/** Searches in Elasticsearch, which follows another backend. */
module dev.andiron.elasticsearch {
    requires com.fasterxml.jackson.core;
    requires com.fasterxml.jackson.databind;
    requires dev.andiron.spi;
    requires elasticsearch.java;
    requires elasticsearch.rest5.client;
    requires org.apache.httpcomponents.client5.httpclient5;
    requires org.apache.httpcomponents.core5.httpcore5;

    provides dev.andiron.spi.BackendProvider with
            dev.andiron.elasticsearch.ElasticsearchProvider;
}
