package dev.andiron.server.export;

import dev.andiron.fhir.json.JsonReader;
import dev.andiron.fhir.search.SearchValueExtractor;
import dev.andiron.kernel.lent.ResourceMatcher;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.spi.search.SearchFeature;
import dev.andiron.spi.search.SearchValue;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Says which resources of one type are exported. Only what the answer depends on is looked at: most
 * exports never parse a resource. Used by one thread.
 *
 * @param since only what was written later
 * @param until only what was written earlier
 * @param scope whose compartments it has to belong to
 * @param codes the parameters by which resources of the type belong to compartments
 * @param matcher what it has to match
 * @param extractor gives the values that scope and matcher ask about
 * @param features what the values are for
 */
record TypeJudge(
        Optional<Instant> since,
        Optional<Instant> until,
        Optional<PatientScope> scope,
        Set<String> codes,
        Optional<ResourceMatcher> matcher,
        SearchValueExtractor extractor,
        Set<SearchFeature> features) {

    /** Whether a live resource is exported. */
    boolean accepts(StoredResource resource) {
        Instant written = resource.lastUpdated();
        boolean isOld = since.filter(time -> !written.isAfter(time)).isPresent();
        if (until.filter(time -> !written.isBefore(time)).isPresent()
                || isOld && scope.filter(each -> !each.joined().isEmpty()).isEmpty()) {
            return false;
        }
        if (scope.isEmpty() && matcher.isEmpty()) {
            return true;
        }
        String type = resource.key().type();
        String id = resource.key().id();
        boolean parsed = matcher.isPresent() || !type.equals("Patient");
        List<SearchValue> values =
                parsed
                        ? extractor.extract(
                                JsonReader.readObject(resource.content().bytes()), features)
                        : List.of();
        return scope.filter(each -> !each.has(type, id, values, codes)).isEmpty()
                && (!isOld
                        || scope.filter(each -> each.hasJoined(type, id, values, codes))
                                .isPresent())
                && matcher.filter(each -> !each.matches(resource, values)).isEmpty();
    }
}
