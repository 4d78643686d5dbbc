package dev.andiron.server;

import dev.andiron.fhir.search.SearchLimits;
import dev.andiron.fhir.validation.ValidationLevel;
import dev.andiron.kernel.config.Configuration;
import dev.andiron.kernel.config.Section;
import dev.andiron.server.bulkimport.AllowedUrl;
import dev.andiron.server.bulkimport.ImportSettings;
import dev.andiron.server.bulkimport.ObjectAccess;
import dev.andiron.server.composite.ReconcileSchedule;
import dev.andiron.server.export.ExportSettings;
import dev.andiron.server.http.HttpSettings;
import dev.andiron.server.interaction.Policy;
import dev.andiron.server.interaction.search.InclusionLimits;
import dev.andiron.server.job.JobSettings;
import dev.andiron.server.view.SqlQueryLimits;
import dev.andiron.spi.Option;
import dev.andiron.spi.resource.FhirVersion;
import dev.andiron.spi.search.SearchFeature;
import dev.andiron.spi.tenant.TenantId;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The keys of a configuration that the server itself reads. */
public final class ServerOptions {
    /** Where it listens, and how it answers. */
    public static final String SERVER = "server";

    /** Bounds. */
    public static final String LIMITS = "limits";

    /** What FHIR leaves to a server. */
    public static final String FHIR = "fhir";

    /** How strictly resources are checked. */
    public static final String VALIDATION = "validation";

    /** Whose data is served. */
    public static final String TENANTS = "tenants";

    private static final long LEAST_FILE = 1 << 10;
    private static final Duration LEAST_LEASE = Duration.ofSeconds(1);
    private static final Duration LEAST_INTERVAL = Duration.ofSeconds(1);

    public static final Option<String> HOST =
            Option.string("host", "127.0.0.1", "The address to listen on; 0.0.0.0 for all.");
    public static final Option<Long> PORT =
            Option.integer("port", 8080, "The port to listen on; 0 takes a free one.");
    public static final Option<String> BASE_URL =
            Option.string(
                    "base-url",
                    "The FHIR base URL as clients see it, such as https://example.org/fhir, when a"
                            + " proxy stands between; by default it is taken from the Host field.");
    public static final Option<Boolean> COMPRESS =
            Option.bool("compress", true, "Whether answers are gzipped for clients that take it.");
    public static final Option<Boolean> REQUEST_LOG =
            Option.bool(
                    "request-log", true, "Whether each request is a line on the standard output.");
    public static final Option<String> ALLOWED_ORIGINS =
            Option.string(
                    "allowed-origins",
                    "",
                    "Origins of web pages that may call the server (CORS), separated by commas; *"
                            + " for all.");
    public static final Option<String> LINK_KEY =
            Option.string(
                            "link-key",
                            "The secret, 32 to 1024 bytes of text, that seals the links between"
                                    + " pages. Servers over the same data have to have the same"
                                    + " one, or a link leads on only at the server that gave it."
                                    + " By default each server makes one and keeps it in its data"
                                    + " folder.")
                    .secret();
    public static final Option<String> LINK_KEY_FILE =
            Option.string(
                    "link-key-file",
                    "A file whose first line is server.link-key; a relative path starts at the"
                            + " data folder.");
    public static final Option<Duration> SHUTDOWN_TIME =
            Option.duration(
                    "shutdown-time",
                    Duration.ofSeconds(20),
                    "How long a stopping server lets running requests finish.");

    public static final Option<Long> MAX_BODY =
            Option.size("body", 128L << 20, "The largest request body.");
    public static final Option<Long> MAX_DECOMPRESSED =
            Option.size("decompressed-body", 512L << 20, "The largest request body once unpacked.");
    public static final Option<Long> MAX_HEADER =
            Option.size("header", 16L << 10, "The largest request header, URL included.");
    public static final Option<Long> MAX_REQUESTS =
            Option.integer("requests", 512, "How many requests run at once; more wait.");
    public static final Option<Duration> QUEUE_TIME =
            Option.duration(
                    "queue-time",
                    Duration.ofSeconds(5),
                    "How long a request waits for others before it is refused with 503.");
    public static final Option<Duration> REQUEST_TIME =
            Option.duration("request-time", Duration.ofMinutes(2), "How long a request may run.");
    public static final Option<Long> PAGE_SIZE =
            Option.integer("page", 20, "Entries on a page when _count is not given.");
    public static final Option<Long> LARGEST_PAGE =
            Option.integer("largest-page", 1000, "The largest _count; larger ones are reduced.");
    public static final Option<Long> INCLUDES =
            Option.integer(
                    "includes",
                    1000,
                    "How many resources are included with a page; what is left out is told.");
    public static final Option<Long> INCLUDE_SIZE =
            Option.size("include-size", 32L << 20, "How large they are together.");
    public static final Option<Long> INCLUDE_DEPTH =
            Option.integer(
                    "include-depth",
                    8,
                    "Over how many references includes are followed with :iterate.");

    public static final Option<FhirVersion> VERSION =
            Option.choice(
                    "version",
                    FhirVersion.R4,
                    "The FHIR release that is served, one by each server.");
    public static final Option<Boolean> DELETE_SEVERAL =
            Option.bool(
                    "delete-several",
                    false,
                    "Whether a conditional delete may delete more than one match.");
    public static final Option<Long> DELETE_AT_MOST =
            Option.integer(
                    "delete-at-most",
                    100,
                    "How many matches a conditional delete may delete, where several are allowed.");

    public static final Option<Boolean> FULL_TEXT =
            Option.bool(
                    "full-text",
                    true,
                    "Whether texts are indexed for _text and _content; without them writes are"
                        + " cheaper and both are refused. After a change to true, $reindex finds"
                        + " what was written before.");

    public static final Option<ValidationLevel> LEVEL =
            Option.choice(
                    "level",
                    ValidationLevel.STRUCTURE,
                    "How strictly resources are checked before they are stored: none; structure"
                            + " (names, types, formats); required (required elements too).");

    public static final Option<String> ALLOWED_TENANTS =
            Option.string(
                    "allowed", "", "The tenants that are served, separated by commas; empty: all.");

    /** Long-running jobs. */
    public static final String JOBS = "jobs";

    public static final Option<Long> JOB_WORKERS =
            Option.integer("workers", 2, "How many jobs run at once in this server; 0 runs none.");
    public static final Option<Duration> JOB_LEASE =
            Option.duration(
                    "lease",
                    Duration.ofSeconds(30),
                    "How long after the crash of a server its jobs are taken over.");
    public static final Option<Long> JOB_ATTEMPTS =
            Option.integer("attempts", 5, "How often a job is tried before it has failed.");
    public static final Option<Duration> JOB_PATIENCE =
            Option.duration(
                    "patience",
                    Duration.ofMinutes(10),
                    "How long an attempt at a job waits for a storage that is not available,"
                            + " counted from its last checkpoint.");
    public static final Option<Duration> JOB_KEEP =
            Option.duration(
                    "keep", Duration.ofHours(24), "How long ended jobs and their output are kept.");
    public static final Option<Long> JOBS_PER_TENANT =
            Option.integer(
                    "per-tenant",
                    20,
                    "How many jobs of one tenant may wait or run; more are refused with 429.");
    public static final Option<Long> JOB_POLLS =
            Option.integer(
                    "polls",
                    100,
                    "How often the status of a job that goes on may be asked for beyond once in a"
                            + " second; more polls are refused with 429 and Retry-After.");
    public static final Option<Long> JOB_FILE_SIZE =
            Option.size(
                    "file-size",
                    256L << 20,
                    "The size at which a job's output goes on in another file.");

    /** Bulk Data exports. */
    public static final String EXPORT = "export";

    public static final Option<Long> EXPORT_THREADS =
            Option.integer(
                    "threads",
                    0,
                    "How many threads work on one export; 0 takes as many as there are"
                            + " processors.");
    public static final Option<Boolean> EXPORT_NEW_MEMBERS =
            Option.bool(
                    "new-members",
                    true,
                    "Whether the export of a group with _since has everything about patients who"
                            + " joined the group since, or only what was changed.");
    public static final Option<Duration> EXPORT_SETTLING =
            Option.duration(
                    "settling",
                    Duration.ofSeconds(2),
                    "How long an export over storage that other servers share waits for writes"
                            + " that they began before its transactionTime.");

    /** The comparison of followers with their primaries, on a schedule. */
    public static final String RECONCILE = "reconcile";

    public static final Option<Duration> RECONCILE_EVERY =
            Option.duration(
                    "every",
                    Duration.ZERO,
                    "How often the followers of composites are compared with their primaries; 0s:"
                            + " only when asked.");
    public static final Option<Boolean> RECONCILE_REPAIR =
            Option.bool("repair", true, "Whether differences that are found then are repaired.");
    public static final Option<Boolean> RECONCILE_CONTENT =
            Option.bool(
                    "content",
                    false,
                    "Whether search values are compared then, too, not only versions.");

    /** Imports. */
    public static final String IMPORT = "import";

    public static final Option<String> IMPORT_URLS =
            Option.string(
                    "urls",
                    "",
                    "Beginnings of URLs that $import may fetch, such as"
                            + " https://example.org/export/ or s3://bucket/export/, separated by"
                            + " commas; empty: none.");
    public static final Option<Boolean> IMPORT_PRIVATE =
            Option.bool(
                    "private-addresses",
                    false,
                    "Whether the names in import.urls may lead to addresses of private networks;"
                            + " addresses and localhost in the list itself always may.");
    public static final Option<String> IMPORT_DIRECTORIES =
            Option.string(
                    "directories",
                    "",
                    "Folders on the server whose files $import may read, separated by commas; a"
                            + " relative path starts at the data folder; empty: none.");
    public static final Option<String> IMPORT_AUTHORIZATION =
            Option.string(
                            "authorization",
                            "The Authorization field that $import sends to the servers in"
                                    + " import.urls, such as Bearer and a token.")
                    .secret();
    public static final Option<String> IMPORT_S3_ENDPOINT =
            Option.string(
                    "s3-endpoint",
                    "",
                    "Where the store of s3: URLs is, such as http://127.0.0.1:9000; empty: AWS, in"
                            + " the region.");
    public static final Option<String> IMPORT_S3_REGION =
            Option.string("s3-region", "us-east-1", "The region of that store.");
    public static final Option<String> IMPORT_S3_ACCESS_KEY =
            Option.string("s3-access-key", "The access key for s3: URLs.");
    public static final Option<String> IMPORT_S3_SECRET_KEY =
            Option.string("s3-secret-key", "The secret key for s3: URLs.").secret();
    public static final Option<Long> IMPORT_UPLOAD =
            Option.size("upload", 4L << 30, "The largest upload that $import keeps for its job.");
    public static final Option<Long> IMPORT_LINE =
            Option.size("line", 64L << 20, "The longest line, and the largest Bundle of a file.");
    public static final Option<Long> IMPORT_PARALLEL =
            Option.integer(
                    "parallel",
                    12,
                    "How many batches of one import are stored at once, as long as they have no"
                            + " more bytes than a 64th of Java's heap.");
    public static final Option<Long> IMPORT_BATCH =
            Option.integer("batch", 500, "How many resources a batch has, which is one commit.");
    public static final Option<Duration> IMPORT_CHECKPOINT =
            Option.duration(
                    "checkpoint",
                    Duration.ofSeconds(2),
                    "How long an import goes on before it remembers how far it is.");
    public static final Option<Duration> IMPORT_TIMEOUT =
            Option.duration(
                    "timeout",
                    Duration.ofMinutes(1),
                    "How long another server may send nothing before it is asked again.");

    /** SQL queries over views. */
    public static final String SQL = "sql";

    public static final Option<Duration> SQL_TIME =
            Option.duration(
                    "time",
                    Duration.ofSeconds(30),
                    "How long an SQL query over views may run; its answer ends there, and says"
                            + " so.");
    public static final Option<Long> SQL_ROWS =
            Option.integer(
                    "rows",
                    100_000,
                    "How many rows an SQL query gives; more are left out, visibly.");
    public static final Option<Long> SQL_BYTES =
            Option.size(
                    "bytes",
                    256L << 20,
                    "How large the answer to an SQL query becomes; more is left out, visibly.");

    private ServerOptions() {}

    /** The sections, for the configuration's reader. */
    public static List<Section> sections() {
        return List.of(
                Section.of(
                        SERVER,
                        HOST,
                        PORT,
                        BASE_URL,
                        COMPRESS,
                        REQUEST_LOG,
                        ALLOWED_ORIGINS,
                        LINK_KEY,
                        LINK_KEY_FILE,
                        SHUTDOWN_TIME),
                Section.of(
                        LIMITS,
                        MAX_BODY,
                        MAX_DECOMPRESSED,
                        MAX_HEADER,
                        MAX_REQUESTS,
                        QUEUE_TIME,
                        REQUEST_TIME,
                        PAGE_SIZE,
                        LARGEST_PAGE,
                        INCLUDES,
                        INCLUDE_SIZE,
                        INCLUDE_DEPTH),
                Section.of(FHIR, VERSION, DELETE_SEVERAL, DELETE_AT_MOST, FULL_TEXT),
                Section.of(VALIDATION, LEVEL),
                Section.of(TENANTS, ALLOWED_TENANTS),
                Section.of(
                        JOBS,
                        JOB_WORKERS,
                        JOB_LEASE,
                        JOB_ATTEMPTS,
                        JOB_PATIENCE,
                        JOB_KEEP,
                        JOBS_PER_TENANT,
                        JOB_POLLS,
                        JOB_FILE_SIZE),
                Section.of(EXPORT, EXPORT_THREADS, EXPORT_NEW_MEMBERS, EXPORT_SETTLING),
                Section.of(RECONCILE, RECONCILE_EVERY, RECONCILE_REPAIR, RECONCILE_CONTENT),
                Section.of(
                        IMPORT,
                        IMPORT_URLS,
                        IMPORT_PRIVATE,
                        IMPORT_DIRECTORIES,
                        IMPORT_AUTHORIZATION,
                        IMPORT_S3_ENDPOINT,
                        IMPORT_S3_REGION,
                        IMPORT_S3_ACCESS_KEY,
                        IMPORT_S3_SECRET_KEY,
                        IMPORT_UPLOAD,
                        IMPORT_LINE,
                        IMPORT_PARALLEL,
                        IMPORT_BATCH,
                        IMPORT_CHECKPOINT,
                        IMPORT_TIMEOUT),
                Section.of(SQL, SQL_TIME, SQL_ROWS, SQL_BYTES));
    }

    /**
     * What was decided about HTTP.
     *
     * @throws dev.andiron.kernel.config.ConfigurationException for a value out of range
     */
    static HttpSettings http(Configuration configuration) {
        return new HttpSettings(
                configuration.get(SERVER, HOST),
                whole(configuration, SERVER, PORT, 0, 65535),
                configuration.find(SERVER, BASE_URL).map(ServerOptions::withoutSlash),
                bounded(configuration, MAX_BODY, 1, Integer.MAX_VALUE - 64),
                bounded(configuration, MAX_DECOMPRESSED, 1, Integer.MAX_VALUE - 64),
                (int) bounded(configuration, MAX_HEADER, 1024, 1 << 20),
                whole(configuration, LIMITS, MAX_REQUESTS, 1, 1_000_000),
                configuration.get(LIMITS, QUEUE_TIME),
                configuration.get(LIMITS, REQUEST_TIME),
                configuration.get(SERVER, SHUTDOWN_TIME),
                configuration.get(SERVER, COMPRESS),
                configuration.get(SERVER, REQUEST_LOG),
                list(configuration.get(SERVER, ALLOWED_ORIGINS)),
                tenants(configuration),
                version(configuration));
    }

    /** Whether the links of this server lead on at all servers over its data. */
    public static boolean sharesLinks(Configuration configuration) {
        return LinkKey.isGiven(configuration);
    }

    /** The FHIR release to serve. */
    static FhirVersion version(Configuration configuration) {
        return configuration.get(FHIR, VERSION);
    }

    /** The base URLs that clients may know the server by. */
    static List<String> bases(HttpSettings settings) {
        return settings.baseUrl()
                .map(List::of)
                .orElse(
                        List.of(
                                "http://%s:%d/fhir".formatted(settings.host(), settings.port()),
                                "http://localhost:%d/fhir".formatted(settings.port())));
    }

    /** What was decided about the interactions. */
    static Policy policy(Configuration configuration) {
        int largest = whole(configuration, LIMITS, LARGEST_PAGE, 1, 10_000);
        return new Policy(
                Math.min(largest, whole(configuration, LIMITS, PAGE_SIZE, 1, 10_000)),
                largest,
                new InclusionLimits(
                        whole(configuration, LIMITS, INCLUDES, 1, 100_000),
                        bounded(configuration, INCLUDE_SIZE, 1, 1L << 30),
                        whole(configuration, LIMITS, INCLUDE_DEPTH, 1, 100)),
                configuration.get(FHIR, DELETE_SEVERAL),
                whole(configuration, FHIR, DELETE_AT_MOST, 1, 10_000));
    }

    /** The parts of search that were switched off, with what is told to those who ask for them. */
    static Map<SearchFeature, String> off(Configuration configuration) {
        return configuration.get(FHIR, FULL_TEXT)
                ? Map.of()
                : Map.of(
                        SearchFeature.FULL_TEXT,
                        "_text and _content are switched off in this server (fhir.full-text)");
    }

    /** What was decided about jobs. */
    static JobSettings jobs(Configuration configuration) {
        var standard = JobSettings.standard();
        Duration lease = configuration.get(JOBS, JOB_LEASE);
        if (lease.compareTo(LEAST_LEASE) < 0) {
            throw configuration.refuse(JOBS, JOB_LEASE, "takes 1s or more");
        }
        return new JobSettings(
                whole(configuration, JOBS, JOB_WORKERS, 0, 64),
                lease,
                standard.poll(),
                whole(configuration, JOBS, JOB_ATTEMPTS, 1, 100),
                standard.backoff(),
                configuration.get(JOBS, JOB_PATIENCE),
                configuration.get(JOBS, JOB_KEEP),
                whole(configuration, JOBS, JOBS_PER_TENANT, 1, 10_000),
                whole(configuration, JOBS, JOB_POLLS, 1, 1_000_000_000));
    }

    /** What was decided about Bulk Data exports. */
    static ExportSettings export(Configuration configuration) {
        int threads = whole(configuration, EXPORT, EXPORT_THREADS, 0, 64);
        return new ExportSettings(
                fileSize(configuration),
                threads > 0 ? threads : Runtime.getRuntime().availableProcessors(),
                configuration.get(EXPORT, EXPORT_NEW_MEMBERS),
                configuration.get(EXPORT, EXPORT_SETTLING));
    }

    /** What was decided about comparing followers on a schedule; empty if it is not wanted. */
    static Optional<ReconcileSchedule.Settings> reconcile(Configuration configuration) {
        Duration every = configuration.get(RECONCILE, RECONCILE_EVERY);
        if (every.isZero()) {
            return Optional.empty();
        }
        if (every.compareTo(LEAST_INTERVAL) < 0) {
            throw configuration.refuse(RECONCILE, RECONCILE_EVERY, "takes 0s, or 1s or more");
        }
        return Optional.of(
                new ReconcileSchedule.Settings(
                        every,
                        configuration.get(RECONCILE, RECONCILE_REPAIR),
                        configuration.get(RECONCILE, RECONCILE_CONTENT)));
    }

    /** How objects are read, if there are keys for them. */
    private static Optional<ObjectAccess> objects(Configuration configuration) {
        Optional<String> key = configuration.find(IMPORT, IMPORT_S3_ACCESS_KEY);
        Optional<String> secret = configuration.find(IMPORT, IMPORT_S3_SECRET_KEY);
        if (key.isEmpty() || secret.isEmpty()) {
            return Optional.empty();
        }
        String region = configuration.get(IMPORT, IMPORT_S3_REGION);
        String endpoint = configuration.get(IMPORT, IMPORT_S3_ENDPOINT);
        String where =
                endpoint.isEmpty() ? "https://s3.%s.amazonaws.com".formatted(region) : endpoint;
        if (!where.matches("https?://[^/?#@]+")) {
            throw configuration.refuse(
                    IMPORT, IMPORT_S3_ENDPOINT, "takes a URL such as http://127.0.0.1:9000");
        }
        return Optional.of(new ObjectAccess(URI.create(where), region, key.get(), secret.get()));
    }

    /** What was decided about imports. */
    static ImportSettings imports(Configuration configuration) {
        var urls = new ArrayList<AllowedUrl>();
        for (String text : list(configuration.get(IMPORT, IMPORT_URLS))) {
            try {
                urls.add(AllowedUrl.of(text));
            } catch (IllegalArgumentException e) {
                throw configuration.refuse(IMPORT, IMPORT_URLS, "takes URLs; " + e.getMessage());
            }
        }
        Optional<ObjectAccess> objects = objects(configuration);
        if (objects.isEmpty() && urls.stream().anyMatch(AllowedUrl::isOfObjects)) {
            throw configuration.refuse(
                    IMPORT,
                    IMPORT_URLS,
                    "has s3: URLs, which need import.s3-access-key and import.s3-secret-key");
        }
        Path data = configuration.dataDirectory();
        return new ImportSettings(
                urls,
                configuration.get(IMPORT, IMPORT_PRIVATE),
                list(configuration.get(IMPORT, IMPORT_DIRECTORIES)).stream()
                        .map(data::resolve)
                        .toList(),
                configuration.find(IMPORT, IMPORT_AUTHORIZATION),
                objects,
                range(configuration, IMPORT, IMPORT_UPLOAD, 1, Long.MAX_VALUE),
                whole(configuration, IMPORT, IMPORT_LINE, 1 << 10, 1 << 30),
                whole(configuration, IMPORT, IMPORT_PARALLEL, 1, 64),
                whole(configuration, IMPORT, IMPORT_BATCH, 1, 10_000),
                configuration.get(IMPORT, IMPORT_CHECKPOINT),
                configuration.get(IMPORT, IMPORT_TIMEOUT));
    }

    /** The bounds of SQL queries. */
    static SqlQueryLimits sqlQueries(Configuration configuration) {
        return new SqlQueryLimits(
                configuration.get(SQL, SQL_TIME),
                whole(configuration, SQL, SQL_ROWS, 1, 100_000_000),
                range(configuration, SQL, SQL_BYTES, 1 << 10, Long.MAX_VALUE));
    }

    /** The size at which a job's output goes on in another file. */
    static long fileSize(Configuration configuration) {
        long size = configuration.get(JOBS, JOB_FILE_SIZE);
        if (size < LEAST_FILE) {
            throw configuration.refuse(JOBS, JOB_FILE_SIZE, "takes 1KiB or more");
        }
        return size;
    }

    /** The bounds of a search. */
    static SearchLimits search(Policy policy) {
        var standard = SearchLimits.DEFAULT;
        return new SearchLimits(
                policy.pageSize(),
                policy.largestPage(),
                standard.maximumParameters(),
                standard.maximumValues(),
                standard.maximumLength(),
                standard.maximumDepth(),
                standard.maximumSortKeys());
    }

    private static Set<TenantId> tenants(Configuration configuration) {
        var tenants = new LinkedHashSet<TenantId>();
        for (String name : list(configuration.get(TENANTS, ALLOWED_TENANTS))) {
            if (!TenantId.isWellFormed(name)) {
                throw configuration.refuse(
                        TENANTS,
                        ALLOWED_TENANTS,
                        "takes names of 1 to 64 letters, digits, hyphens, underscores or dots; '"
                                + name
                                + "' is none");
            }
            tenants.add(new TenantId(name));
        }
        return tenants;
    }

    private static int whole(
            Configuration configuration, String section, Option<Long> option, int low, int high) {
        return (int) range(configuration, section, option, low, high);
    }

    private static long bounded(
            Configuration configuration, Option<Long> option, long low, long high) {
        return range(configuration, LIMITS, option, low, high);
    }

    private static long range(
            Configuration configuration, String section, Option<Long> option, long low, long high) {
        long value = configuration.get(section, option);
        if (value < low || value > high) {
            throw configuration.refuse(
                    section, option, "takes a number from %d to %d".formatted(low, high));
        }
        return value;
    }

    private static List<String> list(String text) {
        return Arrays.stream(text.split(","))
                .map(String::strip)
                .filter(item -> !item.isEmpty())
                .toList();
    }

    private static String withoutSlash(String url) {
        return url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
    }
}
