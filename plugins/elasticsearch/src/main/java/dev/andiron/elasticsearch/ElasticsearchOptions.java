package dev.andiron.elasticsearch;

import dev.andiron.spi.Option;
import dev.andiron.spi.Options;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** The options of the plugin, and their values for one backend. */
record ElasticsearchOptions(
        List<URI> urls,
        String prefix,
        IndexPer indexPer,
        int groups,
        int shards,
        int replicas,
        Duration refreshInterval,
        Credentials credentials,
        Optional<Path> certificates,
        Duration connectTimeout,
        Duration requestTimeout,
        int connections,
        int bulkBytes,
        int attempts,
        int joinLimit,
        Duration keepDeleted) {

    /** Whose resources share an index. */
    enum IndexPer {
        GROUP,
        TENANT
    }

    /** How requests say who makes them; texts are given, paths are read when needed. */
    record Credentials(
            Optional<String> user,
            Optional<String> password,
            Optional<Path> passwordFile,
            Optional<String> apiKey,
            Optional<Path> apiKeyFile) {

        /** Without the secrets. */
        @Override
        public String toString() {
            return user.map(name -> "user " + name).orElse("no user");
        }
    }

    private static final Pattern PREFIX = Pattern.compile("[a-z][a-z0-9]*([-.][a-z0-9]+){0,5}");
    private static final int LONGEST_PREFIX = 60;

    private static final Option<String> URL =
            Option.string(
                            "url",
                            "where Elasticsearch is, as http://HOST:PORT or https://HOST:PORT;"
                                    + " several nodes of one cluster are separated by commas")
                    .required();
    private static final Option<String> INDEX_PREFIX =
            Option.string(
                    "index-prefix",
                    "andiron",
                    "what the names of all indices and aliases start with: lower case letters and"
                            + " digits, joined by hyphens or dots");
    private static final Option<IndexPer> INDEX_PER =
            Option.choice(
                    "index-per",
                    IndexPer.GROUP,
                    "whose resources share an index: those of a group of tenants, or each tenant"
                            + " has its own");
    private static final Option<Long> GROUPS =
            Option.integer(
                    "groups",
                    1,
                    "how many groups there are, where there is an index per group, 1 to 1000; a"
                            + " tenant's name says which is its own. Another number needs a"
                            + " rebuild");
    private static final Option<Long> SHARDS =
            Option.integer("shards", 1, "how many shards a new index has, 1 to 100");
    private static final Option<Long> REPLICAS =
            Option.integer("replicas", 1, "how many copies a new index has of each shard, 0 to 10");
    private static final Option<Duration> REFRESH_INTERVAL =
            Option.duration(
                    "refresh-interval",
                    Duration.ofSeconds(1),
                    "how often a new index shows what was applied to searches that do not wait for"
                            + " it, 100 ms to 1 h");
    private static final Option<String> USER =
            Option.string("user", "the user of basic authentication");
    private static final Option<String> PASSWORD =
            Option.string("password", "the user's password").secret();
    private static final Option<String> PASSWORD_FILE =
            Option.string("password-file", "a file that holds the user's password instead");
    private static final Option<String> API_KEY =
            Option.string("api-key", "an API key as Elasticsearch encodes it, instead of a user")
                    .secret();
    private static final Option<String> API_KEY_FILE =
            Option.string("api-key-file", "a file that holds the API key instead");
    private static final Option<String> CERTIFICATES =
            Option.string(
                    "ca-certificates",
                    "a PEM file of the certificates that sign those of the nodes; without it,"
                            + " those that Java trusts");
    private static final Option<Duration> CONNECT_TIMEOUT =
            Option.duration(
                    "connect-timeout",
                    Duration.ofSeconds(5),
                    "how long a connection may take, 100 ms to 1 h");
    private static final Option<Duration> REQUEST_TIMEOUT =
            Option.duration(
                    "request-timeout",
                    Duration.ofSeconds(30),
                    "how long a request may take, 100 ms to 1 h");
    private static final Option<Long> CONNECTIONS =
            Option.integer(
                    "connections", 32, "how many requests this node makes at once, 1 to 1000");
    private static final Option<Long> BULK_BYTES =
            Option.size(
                    "bulk-bytes",
                    8L << 20,
                    "how large one bulk request may become, 64 KiB to 64 MiB; it is made smaller"
                            + " while Elasticsearch is busy");
    private static final Option<Long> ATTEMPTS =
            Option.integer(
                    "attempts",
                    5,
                    "how often a bulk request is made while Elasticsearch is busy, with growing"
                            + " random pauses, before the follower rests, 1 to 20");
    private static final Option<Long> JOIN_LIMIT =
            Option.integer(
                    "join-limit",
                    100_000,
                    "how many resources one link of a chained or reverse chained search may lead"
                            + " over, 1000 to 1000000; searches with more are refused");

    private static final Option<Duration> KEEP_DELETED =
            Option.duration(
                    "keep-deleted",
                    Duration.ofDays(1),
                    "how long the mark of a deleted resource stays, which holds back states from"
                            + " before that arrive late, 1 h to 365 d");

    static final List<Option<?>> ALL =
            List.of(
                    URL,
                    INDEX_PREFIX,
                    INDEX_PER,
                    GROUPS,
                    SHARDS,
                    REPLICAS,
                    REFRESH_INTERVAL,
                    USER,
                    PASSWORD,
                    PASSWORD_FILE,
                    API_KEY,
                    API_KEY_FILE,
                    CERTIFICATES,
                    CONNECT_TIMEOUT,
                    REQUEST_TIMEOUT,
                    CONNECTIONS,
                    BULK_BYTES,
                    ATTEMPTS,
                    JOIN_LIMIT,
                    KEEP_DELETED);

    static ElasticsearchOptions of(Options options) {
        String prefix = options.get(INDEX_PREFIX);
        require(
                PREFIX.matcher(prefix).matches() && prefix.length() <= LONGEST_PREFIX,
                "option 'index-prefix' takes up to 60 lower case letters and digits, joined by"
                        + " hyphens or dots");
        long bulkBytes = options.get(BULK_BYTES);
        require(
                bulkBytes >= 64 << 10 && bulkBytes <= 64 << 20,
                "option 'bulk-bytes' takes 64 KiB to 64 MiB");
        Duration keepDeleted = options.get(KEEP_DELETED);
        require(
                keepDeleted.compareTo(Duration.ofHours(1)) >= 0
                        && keepDeleted.compareTo(Duration.ofDays(365)) <= 0,
                "option 'keep-deleted' takes 1 h to 365 d");
        return new ElasticsearchOptions(
                urls(options.get(URL)),
                prefix,
                options.get(INDEX_PER),
                bounded(options, GROUPS, 1, 1000),
                bounded(options, SHARDS, 1, 100),
                bounded(options, REPLICAS, 0, 10),
                timeSpan(options, REFRESH_INTERVAL),
                credentials(options),
                options.find(CERTIFICATES).map(Path::of),
                timeSpan(options, CONNECT_TIMEOUT),
                timeSpan(options, REQUEST_TIMEOUT),
                bounded(options, CONNECTIONS, 1, 1000),
                (int) bulkBytes,
                bounded(options, ATTEMPTS, 1, 20),
                bounded(options, JOIN_LIMIT, 1_000, 1_000_000),
                keepDeleted);
    }

    private static Credentials credentials(Options options) {
        var credentials =
                new Credentials(
                        options.find(USER),
                        options.find(PASSWORD),
                        options.find(PASSWORD_FILE).map(Path::of),
                        options.find(API_KEY),
                        options.find(API_KEY_FILE).map(Path::of));
        boolean password =
                credentials.password().isPresent() || credentials.passwordFile().isPresent();
        boolean apiKey = credentials.apiKey().isPresent() || credentials.apiKeyFile().isPresent();
        require(
                credentials.user().isPresent() == password,
                "option 'user' is set together with 'password' or 'password-file'");
        require(
                credentials.password().isEmpty() || credentials.passwordFile().isEmpty(),
                "only one of the options 'password' and 'password-file' is set");
        require(
                credentials.apiKey().isEmpty() || credentials.apiKeyFile().isEmpty(),
                "only one of the options 'api-key' and 'api-key-file' is set");
        require(
                !(password && apiKey),
                "either a user or an API key is set, not both: options 'user' and 'api-key'");
        return credentials;
    }

    private static List<URI> urls(String text) {
        return Arrays.stream(text.split(",", -1)).map(each -> url(each.strip())).toList();
    }

    private static URI url(String text) {
        String expected = "option 'url' takes http://HOST:PORT or https://HOST:PORT, not '%s'";
        try {
            URI url = new URI(text);
            boolean http = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
            boolean plain = url.getUserInfo() == null && url.getRawQuery() == null;
            boolean bare = url.getPath().isEmpty() || url.getPath().equals("/");
            if (http && plain && bare && url.getHost() != null) {
                return url;
            }
        } catch (URISyntaxException notAUrl) {
            throw new IllegalArgumentException(expected.formatted(text), notAUrl);
        }
        throw new IllegalArgumentException(expected.formatted(text));
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }

    private static int bounded(Options options, Option<Long> option, int least, int most) {
        long value = options.get(option);
        require(
                value >= least && value <= most,
                "option '%s' takes %d to %d, not %d".formatted(option.name(), least, most, value));
        return (int) value;
    }

    private static Duration timeSpan(Options options, Option<Duration> option) {
        Duration value = options.get(option);
        require(
                value.compareTo(Duration.ofMillis(100)) >= 0
                        && value.compareTo(Duration.ofHours(1)) <= 0,
                "option '%s' takes 100 ms to 1 h".formatted(option.name()));
        return value;
    }
}
