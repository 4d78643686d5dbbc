package dev.andiron.fhir.terminology;

import dev.andiron.fhir.json.JsonObject;

import java.math.BigInteger;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * A reference to a definition by its URL.
 *
 * @param version the business version; empty when any will do
 */
record Canonical(String url, Optional<String> version) {
    private static final Comparator<JsonObject> BEST =
            Comparator.comparing(
                            (JsonObject resource) ->
                                    resource.string("status").orElse("").equals("active"))
                    .thenComparing(
                            resource -> resource.string("version").orElse(""),
                            Canonical::compareVersions)
                    .thenComparing(Canonical::lastUpdated);

    static Canonical parse(String text) {
        int bar = text.indexOf('|');
        return bar < 0
                ? new Canonical(text, Optional.empty())
                : new Canonical(text.substring(0, bar), Optional.of(text.substring(bar + 1)));
    }

    /** The resource that it means among those with its URL: the latest, active ones first. */
    Optional<JsonObject> best(List<JsonObject> candidates) {
        return candidates.stream()
                .filter(
                        candidate ->
                                version.isEmpty() || version.equals(candidate.string("version")))
                .max(BEST);
    }

    private static String lastUpdated(JsonObject resource) {
        return resource.object("meta").flatMap(meta -> meta.string("lastUpdated")).orElse("");
    }

    /** Numbers within versions count as numbers: 1.10 is later than 1.9. */
    static int compareVersions(String left, String right) {
        String[] lefts = left.split("[.-]", -1);
        String[] rights = right.split("[.-]", -1);
        for (int i = 0; i < Math.min(lefts.length, rights.length); i++) {
            int order =
                    lefts[i].matches("\\d{1,40}") && rights[i].matches("\\d{1,40}")
                            ? new BigInteger(lefts[i]).compareTo(new BigInteger(rights[i]))
                            : lefts[i].compareTo(rights[i]);
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(lefts.length, rights.length);
    }

    @Override
    public String toString() {
        return version.map(it -> url + "|" + it).orElse(url);
    }
}
