/**
 * Searches in Elasticsearch. It follows another backend that holds the truth, by way of a
 * composite, and keeps how far it came with its data.
 */
package dev.andiron.elasticsearch;
