package dev.andiron.server.bulkimport;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * URLs that may be fetched: those of one scheme, host and port whose path begins with that of a
 * prefix, at a whole segment.
 */
public final class AllowedUrl {
    /** What could mean another path than it says. */
    private static final Pattern DOUBTFUL =
            Pattern.compile("(?i).*(/\\.{1,2}(/|$)|%2e|%2f|%5c|\\\\|//).*");

    private static final Set<String> SCHEMES = Set.of("http", "https", "s3");

    private final URI prefix;

    private AllowedUrl(URI prefix) {
        this.prefix = prefix;
    }

    /**
     * An entry of the list.
     *
     * @throws IllegalArgumentException if it is no plain http, https or s3 URL; the message says
     *     what is wrong with it
     */
    public static AllowedUrl of(String text) {
        try {
            URI uri = new URI(text);
            boolean isKnown = SCHEMES.contains(String.valueOf(uri.getScheme()));
            if (!isKnown || uri.getHost() == null) {
                throw new IllegalArgumentException(
                        "'%s' is no URL such as https://example.org/export/ or s3://bucket/export/"
                                .formatted(text));
            }
            if (uri.getRawUserInfo() != null
                    || uri.getRawQuery() != null
                    || uri.getRawFragment() != null
                    || DOUBTFUL.matcher(uri.getRawPath()).matches()) {
                throw new IllegalArgumentException(
                        "'%s' may have scheme, host, port and a plain path only".formatted(text));
            }
            return new AllowedUrl(uri);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("'%s' is no URL".formatted(text), e);
        }
    }

    /** Whether a URL is one of these. */
    boolean covers(URI url) {
        return prefix.getScheme().equals(lower(url.getScheme()))
                && lower(prefix.getHost()).equals(lower(url.getHost()))
                && port(prefix) == port(url)
                && url.getRawUserInfo() == null
                && !DOUBTFUL.matcher(path(url)).matches()
                && isBelow(path(url));
    }

    private boolean isBelow(String path) {
        String allowed = path(prefix);
        return path.equals(allowed)
                || path.startsWith(allowed.endsWith("/") ? allowed : allowed + "/");
    }

    /** Whether it means objects of a bucket. */
    public boolean isOfObjects() {
        return prefix.getScheme().equals("s3");
    }

    /** Whether the host is an address, or this machine, by the operator's own words. */
    boolean namesAddress() {
        String host = lower(prefix.getHost());
        return host.equals("localhost")
                || host.startsWith("[")
                || host.matches("[0-9]{1,3}(\\.[0-9]{1,3}){3}");
    }

    private static String path(URI url) {
        String path = url.getRawPath();
        return path == null || path.isEmpty() ? "/" : path;
    }

    private static int port(URI url) {
        return url.getPort() >= 0
                ? url.getPort()
                : lower(url.getScheme()).equals("https") ? 443 : 80;
    }

    private static String lower(String text) {
        return text == null ? "" : text.toLowerCase(Locale.ROOT);
    }

    @Override
    public String toString() {
        return prefix.toString();
    }
}
