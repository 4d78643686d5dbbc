package dev.andiron.server.bulkimport;

import dev.andiron.fhir.json.JsonNumber;
import dev.andiron.fhir.json.JsonObject;

import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A file that is imported.
 *
 * @param url where it is; {@code upload:} the name of a part, {@code ?} and what it was called for
 *     one that was sent here
 * @param type what its resources have to be; empty for any
 * @param form what it holds
 * @param count how many resources it has, as far as somebody said
 * @param authorized whether the credentials of the configuration are sent for it
 */
record ImportSource(
        String url, Optional<String> type, Form form, OptionalLong count, boolean authorized) {
    /** The scheme of files that were sent here. */
    static final String UPLOAD = "upload:";

    /** What a file holds. */
    enum Form {
        /** A resource on each line. */
        LINES,
        /** One Bundle. */
        BUNDLE,
        /** A Bundle of deletes on each line, as an export lists them. */
        DELETIONS
    }

    /** The form that a name tells; lines unless it ends like JSON. */
    static Form form(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        String plain = lower.endsWith(".gz") ? lower.substring(0, lower.length() - 3) : lower;
        return plain.endsWith(".json") ? Form.BUNDLE : Form.LINES;
    }

    static ImportSource of(JsonObject json) {
        return new ImportSource(
                json.string("url").orElseThrow(),
                json.string("type"),
                Form.valueOf(json.string("form").orElseThrow()),
                json.get("count") instanceof JsonNumber count
                        ? OptionalLong.of(count.decimal().longValueExact())
                        : OptionalLong.empty(),
                json.has("authorized"));
    }

    JsonObject json() {
        var json = JsonObject.builder().put("url", url).put("form", form.name());
        type.ifPresent(name -> json.put("type", name));
        count.ifPresent(number -> json.put("count", number));
        if (authorized) {
            json.put("authorized", true);
        }
        return json.build();
    }

    /** What a person knows it by. */
    String name() {
        return url.startsWith(UPLOAD) ? url.substring(url.indexOf('?') + 1) : url;
    }
}
