package dev.andiron.server.composite;

import dev.andiron.fhir.json.JsonNumber;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.fhir.json.JsonWriter;
import dev.andiron.kernel.composite.Rebuild;
import dev.andiron.server.interaction.Content;
import dev.andiron.server.interaction.FhirRequest;
import dev.andiron.server.interaction.FhirResponse;
import dev.andiron.server.job.JobContext;
import dev.andiron.server.job.JobKind;
import dev.andiron.server.operation.ParametersResource;
import dev.andiron.spi.job.Job;
import dev.andiron.spi.resource.Json;
import dev.andiron.spi.tenant.TenantContext;

import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Builds a tenant's data in a follower anew, from nothing, while searches use the old. An attempt
 * that ends is followed by one that goes on with the same copy.
 */
public final class RebuildJob implements JobKind {
    /** The name of these jobs. */
    public static final String KIND = "rebuild";

    private static final int STRETCH = 500;

    private final Composites composites;

    public RebuildJob(Composites composites) {
        this.composites = composites;
    }

    static Json request(String composite) {
        return Json.of(
                JsonWriter.compact(JsonObject.builder().put("composite", composite).build()));
    }

    private static String composite(Job job) {
        return JsonReader.readObject(job.request().bytes()).string("composite").orElseThrow();
    }

    @Override
    public String name() {
        return KIND;
    }

    @Override
    public Json run(JobContext context) throws InterruptedException {
        TenantContext tenant = context.tenant();
        Rebuild rebuild = composites.ofJob(composite(context.job())).rebuild();
        var patience = new Patience(context);
        Optional<RebuildState> before =
                Optional.of(context.checkpoint())
                        .filter(checkpoint -> !checkpoint.isEmpty())
                        .map(RebuildState::of);
        boolean goesOn = before.isPresent() && patience.with(() -> rebuild.isBegun(tenant));
        RebuildState state =
                goesOn
                        ? before.get()
                        : patience.with(
                                () -> {
                                    rebuild.begin(tenant);
                                    return new RebuildState(
                                            Optional.empty(), 0, rebuild.total(tenant), 0);
                                });
        context.checkpoint(state.progress(), state.json());
        Optional<Rebuild.Stretch> stretch = Optional.empty();
        while (stretch.isEmpty() || stretch.get().end().isPresent()) {
            RebuildState now = state;
            long begun = System.nanoTime();
            stretch = Optional.of(patience.with(() -> rebuild.next(tenant, now.last(), STRETCH)));
            long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
            // At the end the last key stays: an attempt that goes on there has nothing to copy.
            state = now.and(stretch.get().copied(), stretch.get().end().or(now::last), millis);
            context.checkpoint(state.progress(), state.json());
        }
        patience.with(
                () -> {
                    rebuild.complete(tenant);
                    return true;
                });
        return state.json();
    }

    /** Drops the copy that nobody will complete. */
    @Override
    public void dropped(Job job) {
        Optional.ofNullable(composites.byName().get(composite(job)))
                .ifPresent(each -> each.rebuild().abandon(TenantContext.of(job.tenant())));
    }

    @Override
    public FhirResponse answer(FhirRequest request, Job job) {
        var state = RebuildState.of(job.result().orElseThrow());
        return FhirResponse.of(
                200,
                Content.of(
                        new ParametersResource()
                                .string("composite", composite(job))
                                .value("copied", "Decimal", JsonNumber.of(state.copied()))
                                .value(
                                        "seconds",
                                        "Decimal",
                                        JsonNumber.of(
                                                TimeUnit.MILLISECONDS.toSeconds(state.millis())))
                                .build()));
    }
}
