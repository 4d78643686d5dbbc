package dev.andiron.elasticsearch;

import co.elastic.clients.transport.rest5_client.low_level.Rest5Client;
import co.elastic.clients.transport.rest5_client.low_level.Rest5ClientBuilder;

import dev.andiron.spi.StorageException;

import org.apache.hc.client5.http.impl.async.HttpAsyncClientBuilder;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.message.BasicHeader;
import org.apache.hc.core5.util.Timeout;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Base64;
import java.util.Optional;

import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Makes clients of a cluster. */
final class Clients {
    private Clients() {}

    /**
     * A client, without connecting.
     *
     * @throws StorageException.Unavailable if a file that the options name cannot be read
     */
    static Rest5Client of(ElasticsearchOptions options) {
        Rest5ClientBuilder builder = Rest5Client.builder(options.urls().toArray(URI[]::new));
        authorization(options.credentials())
                .ifPresent(
                        value ->
                                builder.setDefaultHeaders(
                                        new Header[] {new BasicHeader("Authorization", value)}));
        options.certificates().ifPresent(file -> builder.setSSLContext(trusting(file)));
        Timeout request = Timeout.of(options.requestTimeout());
        builder.setRequestConfigCallback(
                config -> config.setResponseTimeout(request).setConnectionRequestTimeout(request));
        builder.setConnectionConfigCallback(
                config ->
                        config.setConnectTimeout(Timeout.of(options.connectTimeout()))
                                .setSocketTimeout(request));
        // Whoever asks knows whether and when to ask again.
        builder.setHttpClientConfigCallback(HttpAsyncClientBuilder::disableAutomaticRetries);
        builder.setConnectionManagerCallback(
                manager ->
                        manager.setMaxConnPerRoute(options.connections())
                                .setMaxConnTotal(options.connections() * options.urls().size()));
        return builder.build();
    }

    private static Optional<String> authorization(ElasticsearchOptions.Credentials credentials) {
        Optional<String> apiKey =
                credentials.apiKey().or(() -> credentials.apiKeyFile().map(Clients::secret));
        if (apiKey.isPresent()) {
            return apiKey.map(key -> "ApiKey " + key);
        }
        Optional<String> password =
                credentials.password().or(() -> credentials.passwordFile().map(Clients::secret));
        return credentials
                .user()
                .map(
                        user ->
                                "Basic "
                                        + Base64.getEncoder()
                                                .encodeToString(
                                                        (user + ":" + password.orElseThrow())
                                                                .getBytes(StandardCharsets.UTF_8)));
    }

    private static String secret(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw new IllegalArgumentException("cannot read the file " + file, e);
        }
    }

    private static SSLContext trusting(Path file) {
        try (InputStream pem = Files.newInputStream(file)) {
            KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
            trusted.load(null, null);
            int number = 0;
            for (Certificate each :
                    CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
                trusted.setCertificateEntry("ca-" + number++, each);
            }
            if (number == 0) {
                throw new IllegalArgumentException("no certificate is in the file " + file);
            }
            var managers =
                    TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            managers.init(trusted);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, managers.getTrustManagers(), null);
            return context;
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalArgumentException("cannot use the certificates in " + file, e);
        }
    }
}
