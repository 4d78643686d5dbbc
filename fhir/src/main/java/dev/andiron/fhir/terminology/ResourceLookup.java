package dev.andiron.fhir.terminology;

import dev.andiron.fhir.json.JsonObject;

import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Where a search finds the resources of its tenant that tell what its values mean: lists, value
 * sets, code systems. Safe for use by many threads.
 */
public interface ResourceLookup {

    /** The current, live resource. */
    Optional<JsonObject> read(String type, String id);

    /**
     * The live resources of a type with this canonical URL, in no particular order.
     *
     * @param url without a version
     */
    List<JsonObject> withUrl(String type, String url);

    /**
     * The ids of live resources of a type that refer to others of this type.
     *
     * @param parameter the code of a reference parameter
     * @param ids what they refer to
     * @param limit how many are given at most
     */
    List<String> referring(String type, String parameter, Collection<String> ids, int limit);

    /** Finds nothing. */
    static ResourceLookup none() {
        return new ResourceLookup() {
            @Override
            public Optional<JsonObject> read(String type, String id) {
                return Optional.empty();
            }

            @Override
            public List<JsonObject> withUrl(String type, String url) {
                return List.of();
            }

            @Override
            public List<String> referring(
                    String type, String parameter, Collection<String> ids, int limit) {
                return List.of();
            }
        };
    }
}
