package dev.andiron.server.bulkimport;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * URLs that may be fetched: those of one scheme, host and port whose path begins with that of a
 * prefix, at a whole segment.
 */
public final class AllowedUrl {
    /** What could mean another path than it says. */
    private static final Pattern DOUBTFUL =
            Pattern.compile("(?i).*(/\\.{1,2}(/|$)|%2e|%2f|%5c|\\\\|//).*");

    private final URI prefix;

    private AllowedUrl(URI prefix) {
        this.prefix = prefix;
    }

    /**
     * An entry of the list.
     *
     * @throws IllegalArgumentException if it is no plain http or https URL; the message says what
     *     is wrong with it
     */
    public static AllowedUrl of(String text) {
        try {
            URI uri = new URI(text);
            boolean isHttp = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
            if (!isHttp || uri.getHost() == null) {
                throw new IllegalArgumentException(
                        "'%s' is no URL such as https://example.org/export/".formatted(text));
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
