package dev.andiron.server.interaction.operation;

import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.fhir.outcome.FhirException;
import dev.andiron.server.interaction.Content;
import dev.andiron.server.interaction.CurrentVersion;
import dev.andiron.server.interaction.FhirRequest;
import dev.andiron.server.interaction.FhirResponse;
import dev.andiron.server.interaction.Services;
import dev.andiron.server.operation.Operation;
import dev.andiron.server.operation.Operation.Level;
import dev.andiron.server.operation.OperationCall;
import dev.andiron.server.operation.OperationParameter;
import dev.andiron.server.operation.ParametersResource;
import dev.andiron.spi.resource.Commit;
import dev.andiron.spi.resource.Mutation;
import dev.andiron.spi.resource.ResourceCursor;
import dev.andiron.spi.resource.ResourceHead;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.ScanRequest;
import dev.andiron.spi.resource.StoredResource;

import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * {@code $meta}, {@code $meta-add} and {@code $meta-delete}: profiles, security labels and tags. A
 * change makes a version like every other write.
 */
final class MetaOperations {
    private static final String DEFINITION = "http://hl7.org/fhir/OperationDefinition/Resource-";
    private static final String META = "meta";

    /** How many different profiles, labels and tags of a type or system are told. */
    private static final int MOST = 10_000;

    private final Services services;

    private MetaOperations(Services services) {
        this.services = services;
    }

    static List<Operation> of(Services services) {
        var operations = new MetaOperations(services);
        var all = Set.<String>of();
        return List.of(
                Operation.reading(
                        "$meta",
                        DEFINITION + META,
                        EnumSet.allOf(Level.class),
                        all,
                        operations::meta),
                Operation.writing(
                        "$meta-add",
                        DEFINITION + "meta-add",
                        EnumSet.of(Level.INSTANCE),
                        all,
                        call -> operations.change(call, MetaChange::add)),
                Operation.writing(
                        "$meta-delete",
                        DEFINITION + "meta-delete",
                        EnumSet.of(Level.INSTANCE),
                        all,
                        call -> operations.change(call, MetaChange::remove)));
    }

    private FhirResponse meta(OperationCall call) {
        call.parameters().refuseOthers(Set.of());
        JsonObject meta =
                switch (call.level()) {
                    case SYSTEM -> gathered(call, Optional.empty());
                    case TYPE -> gathered(call, Optional.of(call.type()));
                    case INSTANCE -> StoredVersions.current(services, call).meta();
                    case VERSION -> StoredVersions.version(services, call).meta();
                };
        return answer(meta);
    }

    private static FhirResponse answer(JsonObject meta) {
        return FhirResponse.of(
                200, Content.of(new ParametersResource().value("return", "Meta", meta).build()));
    }

    /** All that occur; costs a walk through the resources. */
    private JsonObject gathered(OperationCall call, Optional<String> type) {
        var all = new MetaChange();
        ScanRequest scan = type.map(ScanRequest::ofType).orElseGet(ScanRequest::all);
        try (ResourceCursor cursor =
                services.storage().resources().scan(call.request().tenant(), scan)) {
            for (var next = cursor.next(); next.isPresent(); next = cursor.next()) {
                all.add(StoredVersions.Parsed.of(next.get()).meta());
                if (all.size() > MOST) {
                    throw new FhirException(
                            422,
                            "too-costly",
                            "There are more than %d different profiles, security labels and tags."
                                    .formatted(MOST));
                }
            }
        }
        return all.into(JsonObject.empty());
    }

    private FhirResponse change(OperationCall call, BiConsumer<MetaChange, JsonObject> change) {
        call.parameters().refuseOthers(Set.of(META));
        JsonObject asked =
                call.parameters()
                        .one(META)
                        .flatMap(OperationParameter::object)
                        .orElseThrow(
                                () ->
                                        new FhirException(
                                                400,
                                                "required",
                                                "The parameter 'meta' with a valueMeta is"
                                                        + " missing."));
        ResourceKey key = call.key();
        try (var _ = services.locks().key(call.request().tenant().tenant(), key)) {
            return services.retries().run(() -> change(call, asked, change));
        }
    }

    private FhirResponse change(
            OperationCall call, JsonObject asked, BiConsumer<MetaChange, JsonObject> change) {
        FhirRequest request = call.request();
        StoredVersions.Parsed current = StoredVersions.current(services, call);
        StoredResource stored = current.stored();
        Optional<ResourceHead> head = Optional.of(ResourceHead.of(stored));
        CurrentVersion.require(request.conditions(), stored.key(), head);
        var lists = MetaChange.of(current.meta());
        change.accept(lists, asked);
        JsonObject meta = lists.into(current.meta());
        if (meta.equals(current.meta())) {
            return answer(meta).withVersion(head.get());
        }
        JsonObject resource = current.resource().with(META, meta);
        services.writer().check(stored.key().type(), resource);
        Mutation.Put put =
                services.writer()
                        .put(
                                request.tenant(),
                                stored.key(),
                                head,
                                resource,
                                services.writer().now());
        services.writer().commit(request.tenant(), Commit.of(put));
        JsonObject written =
                JsonReader.readObject(put.resource().content().bytes())
                        .object(META)
                        .orElse(JsonObject.empty());
        return answer(written).withVersion(ResourceHead.of(put.resource()));
    }
}
