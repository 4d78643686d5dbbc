package dev.andiron.fhir.format;

/** The forms in which resources travel. */
public enum ResourceFormat {
    JSON("application/fhir+json"),
    XML("application/fhir+xml");

    private final String mediaType;

    ResourceFormat(String mediaType) {
        this.mediaType = mediaType;
    }

    /** FHIR's own media type, without parameters. */
    public String mediaType() {
        return mediaType;
    }

    /** The value of a Content-Type header field. */
    public String contentType() {
        return mediaType + ";charset=UTF-8";
    }
}
