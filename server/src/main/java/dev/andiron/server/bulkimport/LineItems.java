package dev.andiron.server.bulkimport;

import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.fhir.json.JsonSyntaxException;
import dev.andiron.server.interaction.ResourceIds;
import dev.andiron.spi.resource.ResourceKey;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Optional;

/** The lines of an NDJSON file: resources, or bundles of deletes. Used by one thread. */
final class LineItems implements Items {
    private final ImportSource source;
    private final Lines lines;
    private final ArrayDeque<Item> waiting = new ArrayDeque<>();
    private long offset;

    LineItems(ImportSource source, Lines lines) {
        this.source = source;
        this.lines = lines;
    }

    /** A line is behind once all that it holds has been given away. */
    @Override
    public long offset() {
        return waiting.isEmpty() ? lines.offset() : offset;
    }

    @Override
    public long line() {
        return waiting.isEmpty() ? lines.line() : lines.line() - 1;
    }

    @Override
    public Optional<Item> next() throws IOException {
        while (waiting.isEmpty()) {
            offset = lines.offset();
            byte[] text = lines.next();
            if (text == null) {
                return Optional.empty();
            }
            if (lines.wasTooLong()) {
                waiting.add(unreadable("too-long", "The line is longer than import.line allows."));
            } else if (!isBlank(text)) {
                add(text);
            }
        }
        return Optional.of(waiting.remove());
    }

    private void add(byte[] text) {
        if (source.form() == ImportSource.Form.DELETIONS) {
            deletions(text);
        } else {
            waiting.add(new Item.Write(lines.line(), key(text), text));
        }
    }

    /** The key, if it is easily seen; a broken line is told when it is parsed. */
    static Optional<ResourceKey> key(byte[] text) {
        try {
            Map<String, String> head = TopLevel.strings(text, "resourceType", "id");
            String type = head.get("resourceType");
            String id = head.get("id");
            return type == null || id == null
                    ? Optional.empty()
                    : Optional.of(new ResourceKey(type, id));
        } catch (IOException broken) {
            return Optional.empty();
        }
    }

    private void deletions(byte[] text) {
        JsonObject bundle;
        try {
            bundle = JsonReader.readObject(text);
        } catch (JsonSyntaxException e) {
            waiting.add(unreadable("structure", "Not well-formed JSON: " + e.getMessage()));
            return;
        }
        for (JsonObject entry : bundle.objects("entry")) {
            JsonObject request = entry.object("request").orElse(JsonObject.empty());
            String[] url = request.string("url").orElse("").split("/");
            boolean isDelete =
                    request.string("method").orElse("").equals("DELETE")
                            && url.length == 2
                            && ResourceIds.isWellFormed(url[1]);
            waiting.add(
                    isDelete
                            ? new Item.Removal(lines.line(), new ResourceKey(url[0], url[1]))
                            : unreadable(
                                    "invalid",
                                    "An entry of a file of deletes asks for DELETE Type/id, not"
                                            + " '%s %s'."
                                                    .formatted(
                                                            request.string("method").orElse(""),
                                                            request.string("url").orElse(""))));
        }
    }

    private Item unreadable(String code, String diagnostics) {
        return new Item.Unreadable(
                lines.line(), ImportFailure.of(source.name(), lines.line(), code, diagnostics));
    }

    private static boolean isBlank(byte[] text) {
        for (byte b : text) {
            if (b != ' ' && b != '\t' && b != '\r') {
                return false;
            }
        }
        return true;
    }
}
