package dev.andiron.server.interaction.transaction;

import dev.andiron.fhir.bundle.FullUrls;
import dev.andiron.fhir.bundle.RequestBundle;
import dev.andiron.fhir.bundle.RequestEntry;
import dev.andiron.fhir.outcome.FhirException;
import dev.andiron.server.interaction.Failures;
import dev.andiron.server.interaction.FhirRequest;
import dev.andiron.server.interaction.FhirResponse;
import dev.andiron.server.interaction.Interaction;
import dev.andiron.server.interaction.Interactions;
import dev.andiron.server.interaction.Interception;
import dev.andiron.server.interaction.Locks;
import dev.andiron.server.interaction.Method;
import dev.andiron.server.interaction.Services;
import dev.andiron.server.interaction.Written;
import dev.andiron.spi.Atomicity;
import dev.andiron.spi.StorageException;
import dev.andiron.spi.resource.ResourceHead;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.spi.tenant.TenantId;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** A transaction: all of its entries or none. Used once. */
final class Transaction {
    /**
     * Up to so many keys are locked from the start; more would keep whole loads from running side
     * by side, and are locked only once somebody has been in the way.
     */
    private static final int FEW_KEYS = 16;

    private final Services services;
    private final Attempt.Tools tools;
    private final FhirRequest bundle;
    private final Interactions interactions;
    private int attempts;

    Transaction(
            Services services, Attempt.Tools tools, FhirRequest bundle, Interactions interactions) {
        this.services = services;
        this.tools = tools;
        this.bundle = bundle;
        this.interactions = interactions;
    }

    FhirResponse perform(List<RequestEntry> entries) {
        if (services.storage().capabilities().atomicity() != Atomicity.COMMIT) {
            throw new StorageException.NotSupported(
                    "The storage has no atomicity of commits, which a transaction needs; a batch"
                            + " is possible.");
        }
        List<RequestEntry.Request> requests = wellFormed(entries);
        var fullUrls = FullUrls.of(requests, entries.size(), bundle.base());
        if (!fullUrls.duplicates().isEmpty()) {
            throw new FhirException(400, fullUrls.duplicates());
        }
        var asked = new Interception[requests.size()];
        var operations = new Operation[requests.size()];
        List<FhirResponse> responses;
        try {
            ask(requests, asked, operations);
            responses = perform(Arrays.asList(operations), fullUrls);
        } catch (RuntimeException failure) {
            FhirResponse response = Failures.response(failure);
            for (int i = 0; i < asked.length; i++) {
                tell(asked[i], requests.get(i), operations[i], response);
            }
            throw failure;
        }
        for (int i = 0; i < asked.length; i++) {
            tell(asked[i], requests.get(i), operations[i], responses.get(i));
        }
        return ResponseBundle.of(RequestBundle.Kind.TRANSACTION, bundle.base(), responses);
    }

    private List<FhirResponse> perform(List<Operation> operations, FullUrls fullUrls) {
        boolean writes = operations.stream().anyMatch(it -> it.kind() != Operation.Kind.READ);
        if (writes) {
            rehearseReads(operations);
        }
        return responses(attempt(operations, fullUrls));
    }

    /** Tells the interceptors of an entry what came of it, if they were asked. */
    private void tell(
            Interception asked,
            RequestEntry.Request request,
            Operation operation,
            FhirResponse response) {
        if (asked != null) {
            asked.after(
                    operation == null
                            ? EntryRequest.of(request, bundle, interactions).request()
                            : operation.entry().request(),
                    response);
        }
    }

    private static List<RequestEntry.Request> wellFormed(List<RequestEntry> entries) {
        var requests = new ArrayList<RequestEntry.Request>(entries.size());
        var failures = new ArrayList<FhirException>();
        for (RequestEntry entry : entries) {
            switch (entry) {
                case RequestEntry.Request request -> requests.add(request);
                case RequestEntry.Malformed malformed ->
                        failures.add(new FhirException(400, malformed.issues()));
            }
        }
        if (!failures.isEmpty()) {
            throw Outcomes.of(failures);
        }
        return requests;
    }

    /** Asks the interceptors of each entry, and makes of it what is to be done. */
    private void ask(
            List<RequestEntry.Request> requests, Interception[] asked, Operation[] operations) {
        var maker = new Operations(services);
        Parallel.forEach(
                requests,
                request -> {
                    try {
                        EntryRequest entry = EntryRequest.of(request, bundle, interactions);
                        asked[request.index()] =
                                interactions.intercepted(entry.interaction(), entry.request());
                        FhirRequest changed = asked[request.index()].before(entry.request());
                        operations[request.index()] = maker.of(entry.with(changed));
                    } catch (FhirException e) {
                        throw Outcomes.of(
                                request.index(),
                                request.method() + " " + request.url(),
                                e.status(),
                                e.issues());
                    }
                });
    }

    /**
     * A read cannot undo the commit that it follows, so one that must fail (an unknown parameter,
     * say) fails the transaction before. What the commit may yet bring about is not judged here.
     */
    private void rehearseReads(List<Operation> operations) {
        for (Operation operation : operations) {
            Interaction interaction = operation.entry().interaction();
            if (operation.kind() != Operation.Kind.READ
                    || interaction == Interaction.VERSION_READ) {
                continue;
            }
            FhirResponse response = interactions.answer(interaction, operation.entry().request());
            boolean absent = response.status() == 404 || response.status() == 410;
            if (response.status() >= 400 && !absent) {
                throw Outcomes.of(
                        operation.entry(),
                        new FhirException(response.status(), Outcomes.issues(response)));
            }
        }
    }

    private Attempt.Result attempt(List<Operation> operations, FullUrls fullUrls) {
        Set<String> criteria = new HashSet<>();
        for (Operation operation : operations) {
            operation.condition().ifPresent(condition -> criteria.add(condition.text()));
        }
        TenantId tenant = bundle.tenant().tenant();
        try (Locks.Hold _ = services.locks().criteria(tenant, criteria)) {
            return services.retries()
                    .run(
                            () -> {
                                attempts++;
                                var attempt = new Attempt(services, tools, bundle, fullUrls);
                                List<Resolution> resolutions = attempt.resolve(operations);
                                try (Locks.Hold _ =
                                        services.locks().keys(tenant, lockable(resolutions))) {
                                    requireReadable(operations, resolutions);
                                    return attempt.commit(resolutions);
                                }
                            });
        }
    }

    private Collection<ResourceKey> lockable(List<Resolution> resolutions) {
        Set<ResourceKey> touched = Resolver.touched(resolutions);
        return attempts == 1 && touched.size() > FEW_KEYS ? List.of() : touched;
    }

    /** Refuses a transaction that reads a resource which it deletes itself. */
    private static void requireReadable(List<Operation> operations, List<Resolution> resolutions) {
        for (Operation operation : operations) {
            if (operation.entry().interaction() != Interaction.READ) {
                continue;
            }
            List<String> path = operation.entry().request().path();
            var key = new ResourceKey(path.get(0), path.get(1));
            for (Resolution resolution : resolutions) {
                if (resolution.effect() == Resolution.Effect.DELETE
                        && resolution.keys().contains(key)) {
                    throw Outcomes.of(
                            operation.entry(),
                            new FhirException(
                                    410, "deleted", "The transaction deletes " + key + "."));
                }
            }
        }
    }

    private List<FhirResponse> responses(Attempt.Result result) {
        var responses = new ArrayList<FhirResponse>(result.resolutions().size());
        for (Resolution resolution : result.resolutions()) {
            responses.add(response(resolution, result));
        }
        return responses;
    }

    private FhirResponse response(Resolution resolution, Attempt.Result result) {
        EntryRequest entry = resolution.operation().entry();
        return switch (resolution.effect()) {
            case CREATE -> Written.answer(entry.request(), 201, result.written()[entry.index()]);
            case WRITE, PATCH -> {
                boolean there =
                        result.state()
                                .head(resolution.key())
                                .filter(head -> !head.deleted())
                                .isPresent();
                yield Written.answer(
                        entry.request(), there ? 200 : 201, result.written()[entry.index()]);
            }
            case FOUND -> Written.answer(entry.request(), 200, found(resolution, result));
            case DELETE -> deleted(resolution, result);
            case READ -> read(entry);
        };
    }

    private static StoredResource found(Resolution resolution, Attempt.Result result) {
        if (resolution.sameAs() >= 0) {
            return result.written()[resolution.sameAs()];
        }
        return result.state().content(resolution.key()).orElseThrow();
    }

    private FhirResponse deleted(Resolution resolution, Attempt.Result result) {
        var heads =
                resolution.keys().stream()
                        .flatMap(key -> result.state().head(key).stream())
                        .toList();
        long now = heads.stream().filter(head -> !head.deleted()).count();
        FhirResponse response =
                Written.deleted(
                        resolution.operation().entry().request(), now + " resources were deleted.");
        return heads.size() == 1 ? response.withVersion(afterDelete(heads.getFirst())) : response;
    }

    private static ResourceHead afterDelete(ResourceHead head) {
        return head.deleted()
                ? head
                : new ResourceHead(head.key(), head.version() + 1, head.lastUpdated(), true);
    }

    private FhirResponse read(EntryRequest entry) {
        FhirResponse response = interactions.answer(entry.interaction(), entry.request());
        return entry.request().method() == Method.HEAD ? response.withoutContent() : response;
    }
}
