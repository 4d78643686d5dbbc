package dev.andiron.fhir.bundle;

import dev.andiron.fhir.json.JsonArray;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonString;
import dev.andiron.fhir.json.JsonValue;
import dev.andiron.fhir.outcome.FhirException;
import dev.andiron.fhir.outcome.Issue;

import java.util.ArrayList;
import java.util.List;

/**
 * A bundle that asks for something.
 *
 * @param kind how its entries belong together
 * @param entries in the order of the bundle
 */
public record RequestBundle(Kind kind, List<RequestEntry> entries) {

    /** How the entries of a bundle belong together. */
    public enum Kind {
        BATCH,
        TRANSACTION
    }

    public RequestBundle {
        entries = List.copyOf(entries);
    }

    /**
     * Reads a bundle. An entry that cannot be read becomes a {@link RequestEntry.Malformed}, since
     * in a batch it stands for itself.
     *
     * @param bundle the resource
     * @param maxEntries how many entries are accepted
     * @throws FhirException 400 if this is no batch or transaction, 413 for too many entries
     */
    public static RequestBundle read(JsonObject bundle, int maxEntries) {
        if (!bundle.string("resourceType").orElse("").equals("Bundle")) {
            throw refusal(
                    "a Bundle of type batch or transaction is expected, not %s"
                            .formatted(bundle.string("resourceType").orElse("no resource")),
                    "Bundle.resourceType");
        }
        Kind kind = kind(bundle);
        JsonArray array =
                switch (bundle.get("entry")) {
                    case null -> JsonArray.of();
                    case JsonArray given -> given;
                    case JsonValue _ ->
                            throw refusal("Bundle.entry is an array of entries", "Bundle.entry");
                };
        if (array.size() > maxEntries) {
            throw new FhirException(
                    413,
                    List.of(
                            Issue.error(
                                    "too-costly",
                                    "the bundle has %d entries; at most %d are accepted"
                                            .formatted(array.size(), maxEntries),
                                    "Bundle.entry")));
        }
        var entries = new ArrayList<RequestEntry>(array.size());
        for (int i = 0; i < array.size(); i++) {
            entries.add(new EntryReader(i).read(array.get(i)));
        }
        return new RequestBundle(kind, entries);
    }

    private static Kind kind(JsonObject bundle) {
        String type =
                bundle.get("type") instanceof JsonString string ? string.value() : "(missing)";
        return switch (type) {
            case "batch" -> Kind.BATCH;
            case "transaction" -> Kind.TRANSACTION;
            default ->
                    throw refusal(
                            "the type of a bundle posted to the base is batch or transaction, not "
                                    + type,
                            "Bundle.type");
        };
    }

    private static FhirException refusal(String diagnostics, String expression) {
        return new FhirException(400, List.of(Issue.error("invalid", diagnostics, expression)));
    }
}
