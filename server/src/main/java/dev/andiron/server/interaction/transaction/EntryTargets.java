package dev.andiron.server.interaction.transaction;

import dev.andiron.fhir.bundle.FullUrls;
import dev.andiron.fhir.bundle.ReferenceTargets;
import dev.andiron.spi.resource.ResourceKey;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where the references in one entry lead once all entries are resolved.
 *
 * @param entry the entry's index
 * @param fullUrls the bundle's full URLs
 * @param places where each entry ends up
 * @param conditional what conditional references were found to mean
 */
record EntryTargets(
        int entry, FullUrls fullUrls, List<Place> places, Map<String, ResourceKey> conditional)
        implements ReferenceTargets {

    /**
     * Where an entry ends up.
     *
     * @param key its resource; empty if it leaves none
     * @param version the version that it has after the transaction
     */
    record Place(Optional<ResourceKey> key, long version) {}

    @Override
    public String reference(String text) {
        Optional<FullUrls.Target> target = fullUrls.reference(entry, text);
        if (target.isPresent()) {
            return relative(target.get(), text);
        }
        ResourceKey key = conditional.get(text);
        return key == null ? text : key.toString();
    }

    @Override
    public String link(String text) {
        Optional<FullUrls.Target> target = fullUrls.link(text);
        return target.isPresent() ? relative(target.get(), text) : text;
    }

    private String relative(FullUrls.Target target, String text) {
        Place place = places.get(target.entry());
        if (place.key().isEmpty()) {
            return text;
        }
        String version = target.versioned() ? "/_history/" + place.version() : "";
        return place.key().get() + version + target.fragment();
    }
}
