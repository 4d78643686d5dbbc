package dev.andiron.server;

import dev.andiron.fhir.definition.Definitions;
import dev.andiron.kernel.Andiron;
import dev.andiron.kernel.config.Configuration;
import dev.andiron.kernel.config.ConfigurationException;
import dev.andiron.kernel.plugin.PluginReport;
import dev.andiron.kernel.routing.Storage;
import dev.andiron.server.bulkimport.ImportJob;
import dev.andiron.server.bulkimport.ImportOperation;
import dev.andiron.server.bulkimport.SubmitOperations;
import dev.andiron.server.capability.CapabilityStatement;
import dev.andiron.server.composite.Composites;
import dev.andiron.server.composite.RebuildJob;
import dev.andiron.server.composite.RebuildOperation;
import dev.andiron.server.composite.ReconcileJob;
import dev.andiron.server.composite.ReconcileOperation;
import dev.andiron.server.composite.ReconcileSchedule;
import dev.andiron.server.export.ExportJob;
import dev.andiron.server.export.ExportOperations;
import dev.andiron.server.health.HealthReport;
import dev.andiron.server.http.HttpServer;
import dev.andiron.server.http.HttpSettings;
import dev.andiron.server.interaction.Interaction;
import dev.andiron.server.interaction.Interactions;
import dev.andiron.server.interaction.Locks;
import dev.andiron.server.interaction.PageTokens;
import dev.andiron.server.interaction.Policy;
import dev.andiron.server.interaction.Services;
import dev.andiron.server.interaction.SpecificationRules;
import dev.andiron.server.interaction.StoredLookups;
import dev.andiron.server.interaction.operation.StandardOperations;
import dev.andiron.server.interaction.transaction.BundleLimits;
import dev.andiron.server.interaction.transaction.BundleProcessor;
import dev.andiron.server.job.JobKind;
import dev.andiron.server.job.JobService;
import dev.andiron.server.job.Jobs;
import dev.andiron.server.metrics.ServerMetrics;
import dev.andiron.server.operation.OperationTable;
import dev.andiron.server.parameter.ReindexJob;
import dev.andiron.server.parameter.ReindexOperation;
import dev.andiron.server.parameter.StoredSearchParameters;
import dev.andiron.server.view.ViewExportJob;
import dev.andiron.server.view.ViewOperations;
import dev.andiron.server.view.ViewSource;
import dev.andiron.spi.ClaimStrategy;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A running server. Started from a prepared configuration whose sections include {@link
 * ServerOptions#sections()}, on its own or inside another program, and stopped by {@link #close()}.
 */
public final class AndironServer implements AutoCloseable {
    /** How long what no request needs waits for the first one. */
    private static final Duration QUIET = Duration.ofSeconds(1);

    private final Andiron andiron;
    private final ServerMetrics metrics;
    private final HttpServer http;
    private final JobService jobs;
    private final Optional<ReconcileSchedule> schedule;
    private final Beginning<PluginReport> others;
    private final String host;

    private AndironServer(
            Andiron andiron,
            ServerMetrics metrics,
            HttpServer http,
            JobService jobs,
            Optional<ReconcileSchedule> schedule,
            Beginning<PluginReport> others,
            String host) {
        this.andiron = andiron;
        this.metrics = metrics;
        this.http = http;
        this.jobs = jobs;
        this.schedule = schedule;
        this.others = others;
        this.host = host;
    }

    /**
     * Opens the storage and begins to listen.
     *
     * @param prepared the configuration and plugins; closed with the server
     * @throws ConfigurationException for a value out of range
     * @throws dev.andiron.kernel.StartupException if the storage does not open
     * @throws IOException if the port cannot be had or the data folder not be written
     */
    public static AndironServer start(Andiron.Prepared prepared) throws IOException {
        Configuration configuration = prepared.configuration();
        var settings = ServerOptions.http(configuration);
        var policy = ServerOptions.policy(configuration);
        var clock = InstantSource.system();
        var lookups = new StoredLookups();
        var metrics = new ServerMetrics();
        // The storage, what FHIR means, and HTTP need nothing of each other until they are there.
        var knowing =
                new Beginning<>(
                        "definitions",
                        () -> rules(configuration, settings, policy, lookups, clock));
        var listening = new Beginning<>("http", () -> new HttpServer(settings));
        Andiron andiron;
        try {
            andiron =
                    Andiron.open(
                            prepared,
                            clock,
                            (tenant, resource, features) ->
                                    knowing.done().rules().searchValues(tenant, resource, features),
                            ServerOptions.off(configuration),
                            metrics);
        } catch (RuntimeException e) {
            listening.done().close();
            throw e;
        }
        try {
            var rules = knowing.done().rules();
            var parameters = knowing.done().parameters();
            lookups.begin(andiron.storage());
            var services =
                    Services.of(
                            andiron.storage(),
                            rules,
                            new Locks(settings.requestTime()),
                            new PageTokens(LinkKey.of(configuration)),
                            policy,
                            clock);
            var composites = new Composites(andiron.composites(), andiron.storage().name());
            var importing =
                    new ImportJob(
                            services,
                            BundleProcessor.keepingUnchanged(services, BundleLimits.standard()),
                            ServerOptions.imports(configuration),
                            tenant -> andiron.applied(andiron.storage().name(), tenant),
                            clock);
            var jobs =
                    jobs(
                            configuration,
                            andiron.storage(),
                            composites,
                            services,
                            parameters,
                            rules,
                            importing,
                            clock,
                            metrics);
            var schedule = schedule(configuration, andiron.storage(), composites, jobs, clock);
            parameters.begin(andiron.storage(), jobs.jobs());
            andiron.follow();
            var operations =
                    operations(
                            services,
                            andiron.storage(),
                            composites,
                            parameters,
                            jobs.jobs(),
                            importing,
                            lookups,
                            rules,
                            configuration,
                            metrics);
            var interactions =
                    new Interactions(
                            services,
                            new BundleProcessor(services, BundleLimits.standard()),
                            operations,
                            new CapabilityStatement(
                                            rules.definitions(),
                                            rules::isResourceType,
                                            andiron.storage().capabilities(),
                                            andiron.storage().searchFeatures(),
                                            policy,
                                            rules::searchParameters,
                                            operations,
                                            clock.instant().truncatedTo(ChronoUnit.SECONDS))
                                    ::resource,
                            Map.of(
                                    Interaction.JOB_LIST,
                                    jobs.jobs()::list,
                                    Interaction.JOB_STATUS,
                                    jobs.jobs()::status,
                                    Interaction.JOB_CANCEL,
                                    jobs.jobs()::cancel,
                                    Interaction.JOB_RESULT,
                                    jobs.jobs()::result,
                                    Interaction.JOB_FILE,
                                    jobs.files()::file),
                            andiron.interceptors());
            importing.begin(interactions);
            HttpServer http = listening.done();
            metrics.running(http::running);
            metrics.followers(andiron.composites());
            http.start(interactions, rules.xml(), () -> health(andiron), metrics::text, metrics);
            // Not needed for the first answer, and they would compete with it.
            var later =
                    new Beginning<>(
                            "others",
                            () -> {
                                http.awaitAnswer(QUIET);
                                metrics.watchJava();
                                return andiron.plugins();
                            });
            jobs.start();
            schedule.ifPresent(ReconcileSchedule::start);
            return new AndironServer(
                    andiron, metrics, http, jobs, schedule, later, settings.host());
        } catch (IOException | RuntimeException e) {
            listening.done().close();
            andiron.close();
            throw e;
        }
    }

    /** What a server knows of FHIR. */
    private record Knowledge(StoredSearchParameters parameters, SpecificationRules rules) {}

    private static Knowledge rules(
            Configuration configuration,
            HttpSettings settings,
            Policy policy,
            StoredLookups lookups,
            InstantSource clock) {
        var parameters =
                new StoredSearchParameters(
                        Definitions.of(settings.version()), ServerOptions.bases(settings));
        return new Knowledge(
                parameters,
                new SpecificationRules(
                        settings.version(),
                        configuration.get(ServerOptions.VALIDATION, ServerOptions.LEVEL),
                        ServerOptions.bases(settings),
                        ServerOptions.search(policy),
                        lookups,
                        parameters,
                        clock));
    }

    private static JobService jobs(
            Configuration configuration,
            Storage storage,
            Composites composites,
            Services services,
            StoredSearchParameters parameters,
            SpecificationRules rules,
            ImportJob importing,
            InstantSource clock,
            ServerMetrics metrics) {
        var reindex =
                new ReindexJob(
                        storage,
                        parameters,
                        services.requests(),
                        configuration.get(ServerOptions.LIMITS, ServerOptions.REQUEST_TIME),
                        clock);
        var viewExport =
                new ViewExportJob(
                        storage, rules.definitions(), ServerOptions.fileSize(configuration));
        var export =
                new ExportJob(
                        storage,
                        rules,
                        parameters,
                        services.requests(),
                        ServerOptions.export(configuration),
                        metrics,
                        clock);
        var kinds = new ArrayList<JobKind>(List.of(reindex, viewExport, export, importing));
        if (!composites.byName().isEmpty()) {
            kinds.add(
                    new ReconcileJob(
                            storage,
                            composites,
                            ServerOptions.reconcile(configuration)
                                    .map(ReconcileSchedule.Settings::every),
                            clock));
            kinds.add(new RebuildJob(composites));
        }
        var service =
                new JobService(storage, ServerOptions.jobs(configuration), kinds, clock, metrics);
        if (storage.capabilities().claims() != ClaimStrategy.NONE) {
            metrics.jobs(
                    kinds.stream().map(JobKind::name).toList(),
                    service::running,
                    storage.jobs()::counts);
        }
        return service;
    }

    private static Optional<ReconcileSchedule> schedule(
            Configuration configuration,
            Storage storage,
            Composites composites,
            JobService jobs,
            InstantSource clock) {
        Optional<ReconcileSchedule.Settings> settings = ServerOptions.reconcile(configuration);
        if (settings.isPresent() && composites.byName().isEmpty()) {
            throw configuration.refuse(
                    ServerOptions.RECONCILE,
                    ServerOptions.RECONCILE_EVERY,
                    "needs a backend that is a composite, and there is none");
        }
        return settings.map(
                each -> new ReconcileSchedule(storage, composites, jobs.jobs(), each, clock));
    }

    private static OperationTable operations(
            Services services,
            Storage storage,
            Composites composites,
            StoredSearchParameters parameters,
            Jobs jobs,
            ImportJob importing,
            StoredLookups lookups,
            SpecificationRules rules,
            Configuration configuration,
            ServerMetrics metrics) {
        var operations = new ArrayList<>(StandardOperations.of(services));
        operations.addAll(
                ViewOperations.of(
                        storage,
                        lookups,
                        rules.definitions(),
                        jobs,
                        ServerOptions.sqlQueries(configuration),
                        metrics));
        operations.addAll(
                ExportOperations.of(
                        storage,
                        rules,
                        new ViewSource(lookups),
                        jobs,
                        ServerOptions.export(configuration)));
        operations.add(new ReindexOperation(storage, parameters, jobs).operation());
        if (!composites.byName().isEmpty()) {
            operations.add(new ReconcileOperation(storage, composites, jobs).operation());
            operations.add(new RebuildOperation(storage, composites, jobs).operation());
        }
        operations.add(new ImportOperation(storage, importing, jobs).operation());
        operations.addAll(new SubmitOperations(storage, importing, jobs).operations());
        return new OperationTable(operations);
    }

    private static HealthReport health(Andiron andiron) {
        return HealthReport.of(
                andiron.health(),
                andiron.followers(),
                andiron.plugins().failures().stream().map(PluginReport.Entry::reason).toList(),
                andiron.storage().name());
    }

    /** The port that it listens on. */
    public int port() {
        return http.port();
    }

    /** The FHIR base URL on this machine. */
    public String url() {
        return "http://%s:%d/fhir".formatted(host.equals("0.0.0.0") ? "127.0.0.1" : host, port());
    }

    /** The core: storage, plugins, health. */
    public Andiron andiron() {
        return andiron;
    }

    /**
     * What was found when plugins were looked for. Those that no backend uses are looked for once
     * the first request has been answered, or a second after the start; this waits for it.
     */
    public PluginReport plugins() {
        return others.done();
    }

    /**
     * Takes no more requests, lets those that run finish for as long as {@code
     * server.shutdown-time} says, and closes the storage.
     */
    @Override
    public void close() {
        http.close();
        schedule.ifPresent(ReconcileSchedule::close);
        jobs.close();
        andiron.close();
        metrics.close();
    }
}
