package dev.andiron.fhir.format;

import dev.andiron.fhir.outcome.FhirException;
import dev.andiron.spi.resource.FhirVersion;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Finds out which form a client sends and which one it wants. */
public final class FormatNegotiation {
    private static final Map<String, ResourceFormat> FORMATS =
            Map.ofEntries(
                    Map.entry("json", ResourceFormat.JSON),
                    Map.entry("application/fhir+json", ResourceFormat.JSON),
                    Map.entry("application/json", ResourceFormat.JSON),
                    Map.entry("application/json+fhir", ResourceFormat.JSON),
                    Map.entry("text/json", ResourceFormat.JSON),
                    Map.entry("xml", ResourceFormat.XML),
                    Map.entry("application/fhir+xml", ResourceFormat.XML),
                    Map.entry("application/xml", ResourceFormat.XML),
                    Map.entry("application/xml+fhir", ResourceFormat.XML),
                    Map.entry("text/xml", ResourceFormat.XML),
                    // There are no pages for people here; browsers show JSON well.
                    Map.entry("html", ResourceFormat.JSON),
                    Map.entry("text/html", ResourceFormat.JSON),
                    Map.entry("application/xhtml+xml", ResourceFormat.JSON));
    private static final String ACCEPTED =
            "application/fhir+json (json) and application/fhir+xml (xml) are available";

    private FormatNegotiation() {}

    /**
     * The form of an answer.
     *
     * @param formatParameter {@code _format}, which goes before {@code Accept}
     * @param accept the {@code Accept} header fields; without any, everything is welcome
     * @param version the FHIR version that the answer is in
     * @throws FhirException 406 if there is no form that the client wants
     */
    public static ResourceFormat response(
            Optional<String> formatParameter, List<String> accept, FhirVersion version) {
        if (formatParameter.isPresent()) {
            // An unescaped '+' in a query arrives as a space.
            MediaRange range = MediaRange.of(formatParameter.get().strip().replace(' ', '+'));
            ResourceFormat format = FORMATS.get(range.type());
            if (format == null || !isOf(version, range)) {
                throw refusal(
                        406,
                        "_format=" + shown(formatParameter.get()) + " cannot be given",
                        version);
            }
            return format;
        }
        String header = String.join(",", accept);
        List<MediaRange> ranges = MediaRange.list(header);
        if (ranges.isEmpty()) {
            return ResourceFormat.JSON;
        }
        Wish json = wish(ranges, ResourceFormat.JSON, version);
        Wish xml = wish(ranges, ResourceFormat.XML, version);
        if (json.quality() <= 0 && xml.quality() <= 0) {
            throw refusal(406, "Accept: " + shown(header) + " cannot be met", version);
        }
        boolean isXml =
                xml.quality() > json.quality()
                        || xml.quality() == json.quality() && xml.position() < json.position();
        return isXml ? ResourceFormat.XML : ResourceFormat.JSON;
    }

    /**
     * The form of a request's body.
     *
     * @param contentType the {@code Content-Type} header field
     * @param version the FHIR version that the body must be in
     * @throws FhirException 415 if it is neither JSON nor XML of this version in UTF-8
     */
    public static ResourceFormat request(Optional<String> contentType, FhirVersion version) {
        if (contentType.isEmpty() || contentType.get().isBlank()) {
            throw refusal(415, "Content-Type is missing", version);
        }
        MediaRange range = MediaRange.of(contentType.get());
        ResourceFormat format = FORMATS.get(range.type());
        boolean isHtml = range.type().contains("html");
        boolean isMediaType = range.type().indexOf('/') > 0;
        if (format == null || isHtml || !isMediaType || !isOf(version, range)) {
            throw refusal(
                    415, "Content-Type: " + shown(contentType.get()) + " cannot be read", version);
        }
        String charset = range.parameter("charset").orElse("UTF-8");
        if (!charset.equalsIgnoreCase("UTF-8") && !charset.equalsIgnoreCase("US-ASCII")) {
            throw refusal(
                    415, "The charset " + shown(charset) + " cannot be read, UTF-8 can", version);
        }
        return format;
    }

    /** How much a form is wanted, and where in the list the client said so. */
    private record Wish(double quality, int position) {}

    // The most specific range speaks for a form; of several names the best wanted.
    private static Wish wish(List<MediaRange> ranges, ResourceFormat format, FhirVersion version) {
        Wish best = null;
        int specificity = -1;
        for (int i = 0; i < ranges.size(); i++) {
            MediaRange range = ranges.get(i);
            int rank = specificity(range, format);
            if (rank < 0 || !isOf(version, range)) {
                continue;
            }
            if (rank > specificity || rank == specificity && range.quality() > best.quality()) {
                best = new Wish(range.quality(), i);
                specificity = rank;
            }
        }
        return best == null ? new Wish(0, Integer.MAX_VALUE) : best;
    }

    private static int specificity(MediaRange range, ResourceFormat format) {
        return switch (range.type()) {
            case "*/*", "*" -> 0;
            case "application/*", "text/*" -> 1;
            default -> FORMATS.get(range.type()) == format ? 2 : -1;
        };
    }

    private static boolean isOf(FhirVersion version, MediaRange range) {
        return range.parameter("fhirversion")
                .map(
                        asked ->
                                asked.equals(number(version))
                                        || asked.startsWith(number(version) + "."))
                .orElse(true);
    }

    /** What the media type parameter {@code fhirVersion} says for a version. */
    public static String number(FhirVersion version) {
        return switch (version) {
            case R4 -> "4.0";
            case R4B -> "4.3";
            case R5 -> "5.0";
        };
    }

    private static String shown(String text) {
        return text.length() <= 80 ? text : text.substring(0, 80) + "...";
    }

    private static FhirException refusal(int status, String problem, FhirVersion version) {
        return new FhirException(
                status,
                "not-supported",
                problem + "; " + ACCEPTED + ", in FHIR " + number(version));
    }
}
