package dev.andiron.server.bulkimport;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * Fetches from the servers on the operator's list, and from nowhere else, wherever an answer may
 * point. Safe for use by many threads.
 */
final class RemoteFiles implements AutoCloseable {
    private static final int MOST_REDIRECTS = 5;

    private final ImportSettings settings;
    private final HttpClient client;

    RemoteFiles(ImportSettings settings) {
        this.settings = settings;
        client =
                HttpClient.newBuilder()
                        .followRedirects(HttpClient.Redirect.NEVER)
                        .connectTimeout(settings.timeout())
                        .build();
    }

    /**
     * Refuses what is not on the list.
     *
     * @throws SourceException saying so
     */
    static URI require(ImportSettings settings, String text) {
        URI url;
        try {
            url = URI.create(text);
        } catch (IllegalArgumentException e) {
            throw new SourceException("'%s' is no URL.".formatted(text));
        }
        if (settings.urls().stream().noneMatch(each -> each.covers(url))) {
            throw new SourceException(
                    settings.urls().isEmpty()
                            ? "This server fetches nothing: import.urls is empty."
                            : "'%s' is not among the URLs that import.urls allows."
                                    .formatted(text));
        }
        return url;
    }

    /** A name on the list must not lead into a network that the operator did not think of. */
    private void requirePublic(URI url) throws IOException {
        boolean meant =
                settings.privateAddresses()
                        || settings.urls().stream()
                                .anyMatch(each -> each.covers(url) && each.namesAddress());
        if (meant) {
            return;
        }
        try {
            for (InetAddress address : InetAddress.getAllByName(url.getHost())) {
                if (isPrivate(address)) {
                    throw new SourceException(
                            "%s leads to an address of a private network, which needs import.private-addresses."
                                    .formatted(url.getHost()));
                }
            }
        } catch (UnknownHostException e) {
            throw new IOException("the host %s is not known now".formatted(url.getHost()), e);
        }
    }

    static boolean isPrivate(InetAddress address) {
        byte[] bytes = address.getAddress();
        boolean shared = bytes.length == 4 && bytes[0] == 100 && (bytes[1] & 0xC0) == 64;
        boolean unique = bytes.length == 16 && (bytes[0] & 0xFE) == 0xFC;
        return address.isLoopbackAddress()
                || address.isLinkLocalAddress()
                || address.isSiteLocalAddress()
                || address.isAnyLocalAddress()
                || address.isMulticastAddress()
                || shared
                || unique;
    }

    /**
     * Asks for something.
     *
     * @param fields further header fields
     * @param authorized whether the configured credentials go with it
     * @throws SourceException if it may not be asked for
     * @throws IOException if no answer came
     */
    HttpResponse<InputStream> get(String text, boolean authorized, Map<String, String> fields)
            throws IOException {
        URI url = require(settings, text);
        for (int redirects = 0; ; redirects++) {
            if (url.getScheme().equals("s3")) {
                return object(url, fields);
            }
            requirePublic(url);
            HttpResponse<InputStream> answer = send(url, authorized, fields);
            Optional<String> location = answer.headers().firstValue("Location");
            boolean redirected = answer.statusCode() / 100 == 3 && location.isPresent();
            if (!redirected) {
                return answer;
            }
            answer.body().close();
            if (redirects == MOST_REDIRECTS) {
                throw new SourceException("'%s' leads on and on.".formatted(text));
            }
            url = require(settings, url.resolve(location.get()).toString());
        }
    }

    /** An object, of the store that the operator has named. */
    private HttpResponse<InputStream> object(URI url, Map<String, String> fields)
            throws IOException {
        ObjectAccess access = settings.objects().orElseThrow();
        return send(access.signed(url, Instant.now()), false, fields);
    }

    private HttpResponse<InputStream> send(URI url, boolean authorized, Map<String, String> fields)
            throws IOException {
        var request = HttpRequest.newBuilder(url).timeout(settings.timeout());
        fields.forEach(request::header);
        if (authorized) {
            settings.authorization().ifPresent(value -> request.header("Authorization", value));
        }
        try {
            return client.send(request.build(), BodyHandlers.ofInputStream());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw stopped(e);
        }
    }

    private static IOException stopped(InterruptedException e) {
        var stopped = new InterruptedIOException("the import is stopping");
        stopped.initCause(e);
        return stopped;
    }

    /** The whole of a bounded answer. */
    static byte[] all(HttpResponse<InputStream> answer, int most) throws IOException {
        try (InputStream body = answer.body()) {
            byte[] bytes = body.readNBytes(most + 1);
            if (bytes.length > most) {
                throw new SourceException(
                        "'%s' is larger than %d bytes.".formatted(answer.uri(), most));
            }
            return bytes;
        }
    }

    /** The beginning of an answer, for a message. */
    static String beginning(HttpResponse<InputStream> answer) {
        try (InputStream body = answer.body()) {
            byte[] bytes = body.readNBytes(300);
            return new String(bytes, StandardCharsets.UTF_8).replaceAll("[\\s\\p{Cntrl}]+", " ");
        } catch (IOException e) {
            return "";
        }
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
