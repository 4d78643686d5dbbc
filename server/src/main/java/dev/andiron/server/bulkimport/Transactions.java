package dev.andiron.server.bulkimport;

import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.fhir.outcome.FhirException;
import dev.andiron.kernel.routing.Storage;
import dev.andiron.server.bulkimport.ImportTally.Count;
import dev.andiron.server.interaction.BundleInteraction;
import dev.andiron.server.interaction.FhirRequest;
import dev.andiron.server.interaction.FhirResponse;
import dev.andiron.server.interaction.Interactions;
import dev.andiron.server.interaction.RequestBody;
import dev.andiron.spi.StorageException;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;

/**
 * Does the transactions of an import as the server does those of its clients, but that what they do
 * not change gets no new version. Safe for use by many threads.
 */
final class Transactions {
    private final BundleInteraction bundles;
    private final Storage storage;
    private volatile Optional<Interactions> interactions = Optional.empty();

    Transactions(BundleInteraction bundles, Storage storage) {
        this.bundles = bundles;
        this.storage = storage;
    }

    /** Knows from now on what entries ask for. */
    void begin(Interactions all) {
        interactions = Optional.of(all);
    }

    /** Does a transaction; all of it is stored, or all of it is one failure. */
    Batch.Result perform(
            FhirRequest request, ImportSource source, Item.Transaction item, Instant begun) {
        try {
            FhirResponse response =
                    bundles.perform(
                            request.with(new RequestBody.Resource(item.bundle())),
                            interactions.orElseThrow());
            JsonObject answer = JsonReader.readObject(response.content().orElseThrow().bytes());
            var counts = new ImportTally.Collector();
            List<JsonObject> asked = item.bundle().objects("entry");
            List<JsonObject> answered = answer.objects("entry");
            for (int i = 0; i < answered.size(); i++) {
                String url =
                        asked.get(i)
                                .object("request")
                                .flatMap(each -> each.string("url"))
                                .orElse("");
                String type = url.split("[/?]")[0];
                counts.add(
                        type,
                        count(
                                answered.get(i).object("response").orElse(JsonObject.empty()),
                                begun));
            }
            return new Batch.Result(counts.tally(0), List.of(), position(request));
        } catch (FhirException e) {
            return refused(new ImportFailure(source.name(), item.line(), e.issues()));
        } catch (StorageException.VersionConflict
                | StorageException.PreconditionFailed
                | StorageException.TooLarge
                | StorageException.Unprocessable
                | StorageException.NotSupported e) {
            return refused(
                    ImportFailure.of(source.name(), item.line(), "processing", e.getMessage()));
        }
    }

    /** No earlier than that of its commit. */
    private long position(FhirRequest request) {
        return storage.capabilities().changeFeed() ? storage.changes().last(request.tenant()) : 0;
    }

    private static Batch.Result refused(ImportFailure failure) {
        return new Batch.Result(ImportTally.failed(1), List.of(failure), 0);
    }

    private static Count count(JsonObject response, Instant begun) {
        String status = response.string("status").orElse("");
        if (status.startsWith("201")) {
            return Count.CREATED;
        }
        if (status.startsWith("204")) {
            return Count.DELETED;
        }
        boolean isNew =
                response.string("lastModified")
                        .map(text -> OffsetDateTime.parse(text).toInstant())
                        .filter(time -> !time.isBefore(begun))
                        .isPresent();
        return isNew ? Count.UPDATED : Count.UNCHANGED;
    }
}
