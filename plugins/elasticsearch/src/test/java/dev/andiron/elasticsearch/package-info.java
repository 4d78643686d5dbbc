/** The plugin against a real Elasticsearch, which the tests start. */
package dev.andiron.elasticsearch;
