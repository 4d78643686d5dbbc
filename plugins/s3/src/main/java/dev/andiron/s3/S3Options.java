package dev.andiron.s3;

import dev.andiron.spi.Option;
import dev.andiron.spi.Options;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** The options of the plugin, and their values for one backend. */
record S3Options(
        String bucket,
        Optional<String> tenantBucket,
        String prefix,
        String region,
        Optional<URI> endpoint,
        boolean pathStyle,
        Optional<String> accessKey,
        Optional<String> secretKey,
        Optional<String> sessionToken,
        Encryption encryption,
        Optional<String> kmsKey,
        StorageClass storageClass,
        boolean shared,
        int connections,
        int attempts,
        Duration attemptTimeout,
        Duration requestTimeout,
        long cacheSize,
        long indexSize) {

    /** How the object store encrypts what it keeps. */
    enum Encryption {
        BUCKET,
        AES256,
        AWS_KMS
    }

    /** The storage class of contents; the words are S3's. */
    enum StorageClass {
        STANDARD,
        STANDARD_IA,
        ONEZONE_IA,
        INTELLIGENT_TIERING,
        GLACIER_IR
    }

    private static final Pattern BUCKET_NAME = Pattern.compile("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]");
    private static final Pattern PREFIX =
            Pattern.compile("([A-Za-z0-9][A-Za-z0-9._-]{0,99}/){0,5}");

    private static final Option<String> BUCKET =
            Option.string("bucket", "the bucket, which is there already").required();

    /** Stands for the name of a tenant. */
    static final String TENANT = "{tenant}";

    private static final Option<String> TENANT_BUCKET =
            Option.string(
                    "tenant-bucket",
                    "the name of each tenant's own bucket, with {tenant} in it, such as"
                            + " fhir-{tenant}; made at the tenant's first write if it is not there."
                            + " Jobs stay in the one that 'bucket' names");
    private static final Option<String> KEY_PREFIX =
            Option.string(
                    "prefix",
                    "what the keys of all objects start with, such as fhir/; it ends with a slash");
    private static final Option<String> REGION =
            Option.string("region", "us-east-1", "the region of the bucket");
    private static final Option<String> ENDPOINT =
            Option.string(
                    "endpoint",
                    "where the object store is, as http://HOST:PORT or https://HOST; without it,"
                            + " AWS in the region");
    private static final Option<Boolean> PATH_STYLE =
            Option.bool(
                    "path-style",
                    false,
                    "whether the bucket stands in the path of URLs instead of their host name");
    private static final Option<String> ACCESS_KEY =
            Option.string(
                    "access-key",
                    "the id of the access key; without it the usual chain is asked: environment,"
                            + " system properties, profile, container, instance");
    private static final Option<String> SECRET_KEY =
            Option.string("secret-key", "the secret of the access key").secret();
    private static final Option<String> SESSION_TOKEN =
            Option.string("session-token", "the token of temporary keys").secret();
    private static final Option<Encryption> ENCRYPTION =
            Option.choice(
                    "encryption",
                    Encryption.BUCKET,
                    "how the store encrypts objects: bucket: as the bucket says; aes256: keys of"
                            + " the store; aws-kms: keys of KMS");
    private static final Option<String> KMS_KEY =
            Option.string("kms-key", "the KMS key, where encryption is aws-kms");
    private static final Option<StorageClass> STORAGE_CLASS =
            Option.choice(
                    "storage-class",
                    StorageClass.STANDARD,
                    "the storage class of large contents and of files; the log and the index are"
                            + " always standard");
    private static final Option<Boolean> SHARED =
            Option.bool(
                    "shared",
                    true,
                    "whether other nodes write the same data; if not, a read need not look for"
                            + " their commits. Two nodes that both say no read stale data, and"
                            + " still lose none");
    private static final Option<Long> CONNECTIONS =
            Option.integer(
                    "connections", 64, "how many requests this node makes at once, 4 to 1000");
    private static final Option<Long> ATTEMPTS =
            Option.integer(
                    "attempts",
                    6,
                    "how often a request is tried when the store is throttled or fails, with"
                            + " growing random pauses, 1 to 20");
    private static final Option<Duration> ATTEMPT_TIMEOUT =
            Option.duration(
                    "attempt-timeout",
                    Duration.ofSeconds(20),
                    "how long one attempt may take, from 100 ms");
    private static final Option<Duration> REQUEST_TIMEOUT =
            Option.duration(
                    "request-timeout",
                    Duration.ofSeconds(60),
                    "how long a request may take with all of its attempts, from 100 ms");
    private static final Option<Long> CACHE_SIZE =
            Option.size(
                    "cache-size",
                    64L << 20,
                    "how much memory holds contents that were read or written lately, up to 64"
                            + " GiB");

    private static final Option<Long> INDEX_SIZE =
            Option.size(
                    "index-size",
                    128L << 20,
                    "how much memory holds parts of the index, which tells where each version"
                            + " lies, 0 to 64 GiB");

    static final List<Option<?>> ALL =
            List.of(
                    BUCKET,
                    TENANT_BUCKET,
                    KEY_PREFIX,
                    REGION,
                    ENDPOINT,
                    PATH_STYLE,
                    ACCESS_KEY,
                    SECRET_KEY,
                    SESSION_TOKEN,
                    ENCRYPTION,
                    KMS_KEY,
                    STORAGE_CLASS,
                    SHARED,
                    CONNECTIONS,
                    ATTEMPTS,
                    ATTEMPT_TIMEOUT,
                    REQUEST_TIMEOUT,
                    CACHE_SIZE,
                    INDEX_SIZE);

    static S3Options of(Options options) {
        require(
                options.find(ACCESS_KEY).isPresent() == options.find(SECRET_KEY).isPresent(),
                "options 'access-key' and 'secret-key' are set together");
        require(
                options.find(SESSION_TOKEN).isEmpty() || options.find(ACCESS_KEY).isPresent(),
                "option 'session-token' belongs to an 'access-key'");
        require(
                options.find(KMS_KEY).isEmpty() || options.get(ENCRYPTION) == Encryption.AWS_KMS,
                "option 'kms-key' belongs to the encryption aws-kms");
        require(
                BUCKET_NAME.matcher(options.get(BUCKET)).matches(),
                "option 'bucket' takes 3 to 63 lower case letters, digits, dots and hyphens");
        Optional<String> tenantBucket = options.find(TENANT_BUCKET);
        require(
                tenantBucket.stream().allMatch(S3Options::isTemplate),
                "option 'tenant-bucket' takes the name of a bucket with {tenant} in it once");
        String prefix = options.find(KEY_PREFIX).orElse("");
        require(
                PREFIX.matcher(prefix).matches(),
                "option 'prefix' takes up to 5 words of letters, digits, dots, hyphens and"
                        + " underscores, each followed by a slash");
        long cacheSize = options.get(CACHE_SIZE);
        require(cacheSize >= 0 && cacheSize <= 64L << 30, "option 'cache-size' takes 0 to 64 GiB");
        long indexSize = options.get(INDEX_SIZE);
        require(indexSize >= 0 && indexSize <= 64L << 30, "option 'index-size' takes 0 to 64 GiB");
        return new S3Options(
                options.get(BUCKET),
                tenantBucket,
                prefix,
                options.get(REGION),
                options.find(ENDPOINT).map(S3Options::url),
                options.get(PATH_STYLE),
                options.find(ACCESS_KEY),
                options.find(SECRET_KEY),
                options.find(SESSION_TOKEN),
                options.get(ENCRYPTION),
                options.find(KMS_KEY),
                options.get(STORAGE_CLASS),
                options.get(SHARED),
                bounded(options, CONNECTIONS, 4, 1000),
                bounded(options, ATTEMPTS, 1, 20),
                timeout(options, ATTEMPT_TIMEOUT),
                timeout(options, REQUEST_TIMEOUT),
                cacheSize,
                indexSize);
    }

    /** Whether each tenant gets another bucket, and none the one of all. */
    private static boolean isTemplate(String template) {
        String[] parts = template.split(Pattern.quote(TENANT), -1);
        return parts.length == 2 && BUCKET_NAME.matcher(parts[0] + "xxx" + parts[1]).matches();
    }

    private static URI url(String text) {
        try {
            URI url = new URI(text);
            boolean http = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
            if (http && url.getHost() != null && url.getUserInfo() == null) {
                return url;
            }
        } catch (URISyntaxException notAUrl) {
            throw new IllegalArgumentException(
                    "option 'endpoint' takes http://HOST:PORT or https://HOST", notAUrl);
        }
        throw new IllegalArgumentException(
                "option 'endpoint' takes http://HOST:PORT or https://HOST");
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

    private static Duration timeout(Options options, Option<Duration> option) {
        Duration value = options.get(option);
        require(
                value.compareTo(Duration.ofMillis(100)) >= 0
                        && value.compareTo(Duration.ofHours(1)) <= 0,
                "option '%s' takes 100 ms to 1 h".formatted(option.name()));
        return value;
    }

    /** Without the secrets. */
    @Override
    public String toString() {
        return "bucket " + bucket + endpoint.map(url -> " at " + url).orElse(" in " + region);
    }
}
