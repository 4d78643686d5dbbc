package dev.andiron.server.export;

import dev.andiron.fhir.bundle.References;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.fhir.search.SearchValueExtractor;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.spi.search.SearchValue;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Says in which blocks of an export a resource stands, where each block is about one resource of a
 * type: its own one; with patients, those of the patients to whose compartments it belongs;
 * otherwise those of all that it refers to. Provenance goes with what it is about. Used by one
 * thread.
 */
final class BlockAnchors {
    private static final String PATIENT = "Patient";
    private static final String PROVENANCE = "Provenance";

    private final ExportContext context;
    private final String by;
    private final Map<String, Compartments> compartments = new HashMap<>();

    /** How a type belongs to patients. */
    private record Compartments(Set<String> codes, SearchValueExtractor extractor) {}

    /**
     * @param by the type that blocks are about
     */
    BlockAnchors(ExportContext context, String by) {
        this.context = context;
        this.by = by;
    }

    /** The ids of those whose blocks it stands in. */
    Set<String> of(StoredResource resource) {
        var ids = new TreeSet<String>();
        JsonObject read = JsonReader.readObject(resource.content().bytes());
        add(resource.key(), read, ids);
        if (resource.key().type().equals(PROVENANCE)) {
            addTargets(read, ids);
        }
        return ids;
    }

    private void add(ResourceKey key, JsonObject resource, Set<String> ids) {
        if (key.type().equals(by)) {
            addOne(key.id(), ids);
        }
        if (!by.equals(PATIENT)) {
            References.forEach(
                    resource,
                    text ->
                            LocalKey.of(text, context.request().base())
                                    .filter(found -> found.type().equals(by))
                                    .ifPresent(found -> addOne(found.id(), ids)));
        } else if (!key.type().equals(PATIENT)) {
            // A link to another patient's record does not open one's own to whoever may see that.
            addPatients(key.type(), resource, ids);
        }
    }

    private void addPatients(String type, JsonObject resource, Set<String> ids) {
        Compartments of =
                compartments.computeIfAbsent(
                        type,
                        name -> {
                            Set<String> codes = ExportContext.codes(context.rules(), name);
                            return new Compartments(
                                    codes, context.extractor(Optional.empty(), codes));
                        });
        if (of.codes().isEmpty()) {
            return;
        }
        for (SearchValue value : of.extractor().extract(resource, Set.of())) {
            if (value instanceof SearchValue.LocalReference reference
                    && reference.type().equals(PATIENT)
                    && of.codes().contains(reference.parameter())) {
                addOne(reference.id(), ids);
            }
        }
    }

    private void addTargets(JsonObject provenance, Set<String> ids) {
        for (JsonObject target : provenance.objects("target")) {
            target.string("reference")
                    .flatMap(text -> LocalKey.of(text, context.request().base()))
                    .flatMap(context.snapshot()::read)
                    .ifPresent(
                            about ->
                                    add(
                                            about.key(),
                                            JsonReader.readObject(about.content().bytes()),
                                            ids));
        }
    }

    /** Patients who are not exported have no block, whoever else a resource may be about. */
    private void addOne(String id, Set<String> ids) {
        boolean isOut =
                by.equals(PATIENT)
                        && context.scope()
                                .flatMap(PatientScope::patients)
                                .filter(patients -> !patients.contains(id))
                                .isPresent();
        if (!isOut) {
            ids.add(id);
        }
    }
}
