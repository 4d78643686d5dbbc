package dev.andiron.server.bulkimport;

import dev.andiron.fhir.json.JsonArray;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.fhir.json.JsonString;
import dev.andiron.fhir.json.JsonSyntaxException;
import dev.andiron.fhir.json.JsonWriter;
import dev.andiron.server.interaction.ResourceIds;
import dev.andiron.spi.resource.ResourceKey;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a Bundle holds: a transaction is one thing to do, of others each entry is. Holds the bundle.
 * Used by one thread.
 */
final class BundleItems implements Items {
    private final ImportSource source;
    private final List<JsonObject> entries;
    private final Optional<JsonObject> transaction;
    private int next;

    private BundleItems(
            ImportSource source,
            List<JsonObject> entries,
            Optional<JsonObject> transaction,
            long done) {
        this.source = source;
        this.entries = entries;
        this.transaction = transaction;
        next = (int) done;
    }

    /**
     * Reads a bundle.
     *
     * @param most how many bytes it may have
     * @param done how many of its things are done
     * @throws SourceException if it is none that can be imported
     */
    static BundleItems read(ImportSource source, InputStream text, int most, long done)
            throws IOException {
        byte[] bytes = text.readNBytes(most + 1);
        if (bytes.length > most) {
            throw new SourceException("The Bundle is larger than import.line allows.");
        }
        JsonObject bundle;
        try {
            bundle = JsonReader.readObject(bytes);
        } catch (JsonSyntaxException e) {
            throw new SourceException("Not well-formed JSON: " + e.getMessage());
        }
        String resourceType = bundle.string("resourceType").orElse("no resource");
        if (!resourceType.equals("Bundle")) {
            throw new SourceException(
                    "A file of this name holds a Bundle, not %s; resources come as NDJSON, a line"
                                    .formatted(resourceType)
                            + " each.");
        }
        return of(source, bundle, done);
    }

    private static BundleItems of(ImportSource source, JsonObject bundle, long done) {
        String type = bundle.string("type").orElse("no type");
        return switch (type) {
            case "transaction" ->
                    new BundleItems(source, List.of(), Optional.of(keeping(source, bundle)), done);
            case "batch", "collection", "searchset" ->
                    new BundleItems(source, bundle.objects("entry"), Optional.empty(), done);
            default ->
                    throw new SourceException(
                            "A Bundle of type '%s' is not imported; transaction, batch, collection and searchset are."
                                    .formatted(type));
        };
    }

    /**
     * A transaction whose creates keep the ids of their resources, or get such as they would get
     * another time, so that it may be done twice.
     */
    private static JsonObject keeping(ImportSource source, JsonObject bundle) {
        var entries = new ArrayList<JsonObject>();
        long line = 0;
        for (JsonObject entry : bundle.objects("entry")) {
            line++;
            JsonObject request = entry.object("request").orElse(JsonObject.empty());
            Optional<JsonObject> resource = entry.object("resource");
            String method = request.string("method").orElse("");
            if (method.equals("PATCH")) {
                throw new SourceException(
                        "Entry %d: a PATCH is not imported, since it cannot be done twice."
                                .formatted(line));
            }
            boolean creates =
                    method.equals("POST")
                            && !request.has("ifNoneExist")
                            && resource.isPresent()
                            && resource.get().string("resourceType").equals(request.string("url"));
            entries.add(creates ? kept(source, line, entry, resource.get()) : entry);
        }
        return bundle.with("entry", JsonArray.of(entries));
    }

    private static JsonObject kept(
            ImportSource source, long line, JsonObject entry, JsonObject resource) {
        String id =
                resource.string("id")
                        .filter(ResourceIds::isWellFormed)
                        .orElseGet(
                                () ->
                                        DerivedId.of(
                                                source.name(), line, JsonWriter.compact(resource)));
        String url = resource.string("resourceType").orElseThrow() + "/" + id;
        JsonObject request =
                entry.object("request")
                        .orElseThrow()
                        .with("method", JsonString.of("PUT"))
                        .with("url", JsonString.of(url));
        return entry.with("request", request)
                .with("resource", resource.with("id", JsonString.of(id)));
    }

    @Override
    public Optional<Item> next() {
        int index = next++;
        if (transaction.isPresent()) {
            return index == 0
                    ? Optional.of(new Item.Transaction(1, transaction.get()))
                    : Optional.empty();
        }
        return index < entries.size()
                ? Optional.of(item(index + 1L, entries.get(index)))
                : Optional.empty();
    }

    private Item item(long line, JsonObject entry) {
        Optional<JsonObject> request = entry.object("request");
        String method = request.flatMap(each -> each.string("method")).orElse("PUT");
        if (method.equals("DELETE")) {
            String[] url = request.orElseThrow().string("url").orElse("").split("/");
            return url.length == 2 && ResourceIds.isWellFormed(url[1])
                    ? new Item.Removal(line, new ResourceKey(url[0], url[1]))
                    : unreadable(line, "A DELETE of an import names Type/id.");
        }
        boolean plain =
                request.isEmpty()
                        || (method.equals("PUT") || method.equals("POST"))
                                && !request.get().has("ifNoneExist")
                                && !request.get().has("ifMatch")
                                && !request.get().string("url").orElse("").contains("?");
        Optional<JsonObject> resource = entry.object("resource");
        if (!plain || resource.isEmpty()) {
            return unreadable(
                    line,
                    "An entry of an imported batch is an unconditional PUT or POST of a resource,"
                            + " or a DELETE; others come in transactions.");
        }
        byte[] json = JsonWriter.compact(resource.get());
        return new Item.Write(line, LineItems.key(json), json);
    }

    private Item unreadable(long line, String diagnostics) {
        return new Item.Unreadable(
                line, ImportFailure.of(source.name(), line, "not-supported", diagnostics));
    }

    @Override
    public long offset() {
        return next;
    }

    @Override
    public long line() {
        return next;
    }
}
