package dev.andiron.server.http;

import dev.andiron.spi.resource.FhirVersion;
import dev.andiron.spi.tenant.TenantId;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What an operator decided about HTTP.
 *
 * @param host the address to listen on
 * @param port the port to listen on; 0 takes a free one
 * @param baseUrl the FHIR base URL that clients use, when a proxy stands between; otherwise it is
 *     taken from the {@code Host} field
 * @param maxBody the largest request body, in bytes, as it is sent
 * @param maxDecompressed the largest request body, in bytes, after decompression
 * @param maxHeader the largest request header, in bytes
 * @param maxRequests how many requests may run at once
 * @param queueTime how long a request waits for others to finish before it is refused
 * @param requestTime how long a request may run
 * @param shutdownTime how long a stopping server waits for running requests
 * @param compress whether answers are compressed for clients that accept it
 * @param requestLog whether each request is logged
 * @param allowedOrigins the origins of web pages that may call the server; {@code *} for all
 * @param tenants the tenants that are served; empty for all
 * @param version the FHIR release of bodies and answers
 */
public record HttpSettings(
        String host,
        int port,
        Optional<String> baseUrl,
        long maxBody,
        long maxDecompressed,
        int maxHeader,
        int maxRequests,
        Duration queueTime,
        Duration requestTime,
        Duration shutdownTime,
        boolean compress,
        boolean requestLog,
        List<String> allowedOrigins,
        Set<TenantId> tenants,
        FhirVersion version) {

    public HttpSettings {
        allowedOrigins = List.copyOf(allowedOrigins);
        tenants = Set.copyOf(tenants);
    }
}
