package dev.andiron.server.view;

import dev.andiron.fhir.outcome.FhirException;

import java.util.Locale;
import java.util.Optional;

/** How tables are written. */
public enum TableFormat {
    JSON("json", "application/json", "application/json;charset=utf-8"),
    NDJSON("ndjson", "application/x-ndjson", "application/x-ndjson;charset=utf-8"),
    CSV("csv", "text/csv", "text/csv;charset=utf-8"),
    PARQUET("parquet", "application/vnd.apache.parquet", "application/vnd.apache.parquet");

    private static final String ALL = "json, ndjson, csv and parquet";

    private final String word;
    private final String mediaType;
    private final String contentType;

    TableFormat(String word, String mediaType, String contentType) {
        this.word = word;
        this.mediaType = mediaType;
        this.contentType = contentType;
    }

    /** What {@code _format} calls it, and files end in. */
    public String word() {
        return word;
    }

    /** Whether its files are compressed already. */
    boolean isCompressed() {
        return this == PARQUET;
    }

    /** Its media type with parameters. */
    public String contentType() {
        return contentType;
    }

    /**
     * What a client asks for; NDJSON if it says nothing.
     *
     * @param parameter {@code _format}, a word or a media type, which goes before {@code Accept}
     * @param accept the {@code Accept} field
     * @throws FhirException 400 for another {@code _format}, 406 for another {@code Accept}
     */
    static TableFormat of(Optional<String> parameter, Optional<String> accept) {
        if (parameter.isPresent()) {
            return find(parameter.get())
                    .orElseThrow(
                            () ->
                                    new FhirException(
                                            400,
                                            "not-supported",
                                            "_format '%s' is not here; tables come as %s."
                                                    .formatted(parameter.get(), ALL)));
        }
        if (accept.isEmpty()) {
            return NDJSON;
        }
        for (String range : accept.get().split(",")) {
            String type = range.split(";")[0].strip();
            if (type.equals("*/*")
                    || type.equals("application/*")
                    || type.startsWith("application/fhir")) {
                return NDJSON;
            }
            Optional<TableFormat> found = type.equals("text/*") ? Optional.of(CSV) : find(type);
            if (found.isPresent()) {
                return found.get();
            }
        }
        throw new FhirException(
                406,
                "not-supported",
                "Accept '%s' is not here; tables come as %s.".formatted(accept.get(), ALL));
    }

    private static Optional<TableFormat> find(String name) {
        String wanted = name.strip().toLowerCase(Locale.ROOT).split(";")[0];
        for (TableFormat format : values()) {
            if (wanted.equals(format.word) || wanted.equals(format.mediaType)) {
                return Optional.of(format);
            }
        }
        return wanted.equals("application/ndjson") ? Optional.of(NDJSON) : Optional.empty();
    }
}
