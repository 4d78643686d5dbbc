package dev.andiron.server.cli.export;

import dev.andiron.fhir.json.JsonBoolean;
import dev.andiron.fhir.json.JsonNumber;
import dev.andiron.fhir.json.JsonObject;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * A file of a manifest.
 *
 * @param url where it is
 * @param name what it is called here
 * @param kind which list of the manifest it is in
 * @param type what its lines are
 * @param count how many resources it has, as the manifest says
 * @param authorized whether it needs the token
 */
public record ExportedFile(
        String url, String name, Kind kind, String type, OptionalLong count, boolean authorized) {

    /** The lists of a manifest. */
    public enum Kind {
        OUTPUT,
        DELETED,
        ERROR
    }

    /** The files of a manifest, each under a name of its own: {@code Patient.1.ndjson}. */
    public static List<ExportedFile> of(JsonObject manifest) {
        var files = new ArrayList<ExportedFile>();
        var numbers = new HashMap<String, Integer>();
        boolean authorized =
                manifest.get("requiresAccessToken") instanceof JsonBoolean flag && flag.value();
        add(manifest, "output", Kind.OUTPUT, "", authorized, numbers, files);
        add(manifest, "deleted", Kind.DELETED, "deleted.", authorized, numbers, files);
        add(manifest, "error", Kind.ERROR, "error.", authorized, numbers, files);
        return List.copyOf(files);
    }

    private static void add(
            JsonObject manifest,
            String list,
            Kind kind,
            String prefix,
            boolean authorized,
            Map<String, Integer> numbers,
            List<ExportedFile> files) {
        for (JsonObject file : manifest.objects(list)) {
            String type = file.string("type").orElse("resources");
            if (!type.matches("[A-Za-z]{1,64}")) {
                throw new ExportException("the manifest has a file of type '" + type + "'");
            }
            String stem = prefix + type;
            int number = numbers.merge(stem, 1, Integer::sum);
            files.add(
                    new ExportedFile(
                            file.string("url")
                                    .orElseThrow(
                                            () ->
                                                    new ExportException(
                                                            "a file of the manifest has no url")),
                            "%s.%d.ndjson".formatted(stem, number),
                            kind,
                            type,
                            file.get("count") instanceof JsonNumber count
                                    ? OptionalLong.of(count.decimal().longValue())
                                    : OptionalLong.empty(),
                            authorized));
        }
    }
}
