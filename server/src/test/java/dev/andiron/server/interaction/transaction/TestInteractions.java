package dev.andiron.server.interaction.transaction;

import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.fhir.search.SearchLimits;
import dev.andiron.fhir.validation.ValidationLevel;
import dev.andiron.kernel.Andiron;
import dev.andiron.kernel.config.ConfigurationSource;
import dev.andiron.kernel.interceptor.Interceptors;
import dev.andiron.kernel.plugin.PluginLocations;
import dev.andiron.server.ServerOptions;
import dev.andiron.server.interaction.Conditions;
import dev.andiron.server.interaction.FhirRequest;
import dev.andiron.server.interaction.FhirResponse;
import dev.andiron.server.interaction.Interactions;
import dev.andiron.server.interaction.Locks;
import dev.andiron.server.interaction.Method;
import dev.andiron.server.interaction.PageTokens;
import dev.andiron.server.interaction.Policy;
import dev.andiron.server.interaction.Preferences;
import dev.andiron.server.interaction.RequestBody;
import dev.andiron.server.interaction.Services;
import dev.andiron.server.interaction.SpecificationRules;
import dev.andiron.server.interaction.StoredLookups;
import dev.andiron.server.metrics.ServerMetrics;
import dev.andiron.server.operation.OperationTable;
import dev.andiron.spi.resource.FhirVersion;
import dev.andiron.spi.resource.Json;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.tenant.TenantContext;
import dev.andiron.spi.tenant.TenantId;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPInputStream;

/** The interactions over SQLite, without HTTP. */
final class TestInteractions implements AutoCloseable {
    static final String BASE = "http://127.0.0.1/fhir";
    static final TenantContext TENANT = TenantContext.of(TenantId.DEFAULT);

    private final ServerMetrics metrics = new ServerMetrics();
    private final Andiron andiron;
    private final Services services;
    private final Interactions interactions;

    TestInteractions(Path data) {
        var all = new HashMap<String, String>();
        all.put("backends.main.plugin", "sqlite");
        all.put("backends.main.path", data.resolve("andiron.db").toString());
        all.put("backends.main.durability", "relaxed");
        var source = new ConfigurationSource(Optional.empty(), Map.of(), all, data);
        var clock = InstantSource.system();
        var lookups = new StoredLookups();
        var rules =
                new SpecificationRules(
                        FhirVersion.R4,
                        ValidationLevel.STRUCTURE,
                        List.of(BASE),
                        SearchLimits.DEFAULT,
                        lookups,
                        clock);
        andiron =
                Andiron.open(
                        Andiron.prepare(
                                source,
                                ServerOptions.sections(),
                                PluginLocations.of().withClassPath()),
                        clock,
                        rules::searchValues,
                        Map.of(),
                        metrics);
        lookups.begin(andiron.storage());
        services =
                Services.of(
                        andiron.storage(),
                        rules,
                        new Locks(Duration.ofSeconds(60)),
                        new PageTokens(new byte[32]),
                        Policy.standard(),
                        clock);
        interactions =
                new Interactions(
                        services,
                        new BundleProcessor(services, BundleLimits.standard()),
                        OperationTable.none(),
                        (_, _) -> JsonObject.empty(),
                        Map.of(),
                        Interceptors.none());
    }

    Services services() {
        return services;
    }

    /** Posts a bundle to the base. */
    FhirResponse post(byte[] bundle) {
        return send(
                Method.POST, "", new RequestBody.Text(Json.of(bundle), "application/fhir+json"));
    }

    FhirResponse get(String url) {
        return send(Method.GET, url, new RequestBody.Absent());
    }

    FhirResponse send(Method method, String url, RequestBody body) {
        return interactions.handle(
                FhirRequest.of(
                        TENANT,
                        method,
                        BASE,
                        url,
                        Conditions.none(),
                        Preferences.standard(),
                        body));
    }

    long count(String type) {
        return services.storage().resources().count(TENANT, Optional.of(type)).orElseThrow();
    }

    JsonObject read(String type, String id) {
        return services.storage()
                .resources()
                .read(TENANT, new ResourceKey(type, id))
                .map(found -> JsonReader.readObject(found.content().bytes()))
                .orElseThrow();
    }

    static JsonObject json(FhirResponse response) {
        return JsonReader.readObject(response.content().orElseThrow().bytes());
    }

    /** The {@code response} of each entry of a response bundle. */
    static List<JsonObject> responses(FhirResponse response) {
        return json(response).objects("entry").stream()
                .map(entry -> entry.object("response").orElseThrow())
                .toList();
    }

    static byte[] resource(String name) {
        try (InputStream in = TestInteractions.class.getResourceAsStream(name);
                var unzipped = new GZIPInputStream(in)) {
            return unzipped.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        andiron.close();
        metrics.close();
    }
}
