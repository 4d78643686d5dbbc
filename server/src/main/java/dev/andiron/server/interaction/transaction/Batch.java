package dev.andiron.server.interaction.transaction;

import dev.andiron.fhir.bundle.RequestBundle;
import dev.andiron.fhir.bundle.RequestEntry;
import dev.andiron.fhir.outcome.FhirException;
import dev.andiron.fhir.outcome.Issue;
import dev.andiron.server.interaction.FhirRequest;
import dev.andiron.server.interaction.FhirResponse;
import dev.andiron.server.interaction.Interactions;
import dev.andiron.server.interaction.Method;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;

/**
 * A batch: each entry is answered as if it had come alone. Entries run at the same time, as many
 * writes as the backend has use for; reads come after the writes, so that a batch has a sequence
 * that one can tell.
 */
final class Batch {
    private final FhirRequest bundle;
    private final Interactions interactions;
    private final int writeConcurrency;
    private final int readConcurrency;

    Batch(
            FhirRequest bundle,
            Interactions interactions,
            int writeConcurrency,
            int readConcurrency) {
        this.bundle = bundle;
        this.interactions = interactions;
        this.writeConcurrency = writeConcurrency;
        this.readConcurrency = readConcurrency;
    }

    FhirResponse perform(List<RequestEntry> entries) {
        var responses = new FhirResponse[entries.size()];
        var writes = new ArrayList<EntryRequest>();
        var reads = new ArrayList<EntryRequest>();
        for (RequestEntry entry : entries) {
            switch (entry) {
                case RequestEntry.Malformed malformed ->
                        responses[entry.index()] = FhirResponse.outcome(400, malformed.issues());
                case RequestEntry.Request request -> {
                    try {
                        var single = EntryRequest.of(request, bundle, interactions);
                        (request.method().isRead() ? reads : writes).add(single);
                    } catch (FhirException e) {
                        responses[entry.index()] = FhirResponse.outcome(e.status(), e.issues());
                    }
                }
            }
        }
        run(writes, writeConcurrency, responses);
        run(reads, readConcurrency, responses);
        return ResponseBundle.of(RequestBundle.Kind.BATCH, bundle.base(), Arrays.asList(responses));
    }

    private void run(List<EntryRequest> entries, int concurrency, FhirResponse[] responses) {
        if (entries.size() < 2 || concurrency < 2) {
            entries.forEach(entry -> responses[entry.index()] = answer(entry));
            return;
        }
        var free = new Semaphore(concurrency);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (EntryRequest entry : entries) {
                free.acquireUninterruptibly();
                threads.execute(
                        () -> {
                            try {
                                responses[entry.index()] = answer(entry);
                            } finally {
                                free.release();
                            }
                        });
            }
        }
    }

    private FhirResponse answer(EntryRequest entry) {
        FhirResponse response = interactions.perform(entry.interaction(), entry.request());
        if (response.download().isPresent()) {
            response.download().get().close();
            return FhirResponse.outcome(
                    501,
                    List.of(
                            Issue.error(
                                    "not-supported",
                                    "A table cannot be an entry of a bundle; ask for it alone.")));
        }
        return entry.request().method() == Method.HEAD ? response.withoutContent() : response;
    }
}
