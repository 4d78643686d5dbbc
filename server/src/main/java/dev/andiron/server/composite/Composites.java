package dev.andiron.server.composite;

import dev.andiron.fhir.outcome.FhirException;
import dev.andiron.kernel.composite.Composite;
import dev.andiron.server.job.JobFailedException;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The composites of a server by name.
 *
 * @param serving the name of the backend that serves requests
 */
public record Composites(Map<String, Composite> byName, String serving) {

    public Composites {
        byName = Map.copyOf(byName);
    }

    /**
     * The name of the composite that a request is about.
     *
     * @param named as the request names it; else the one that serves, or the only one
     * @throws FhirException 501 if there is none, 404 if it has another name, 400 if it might be
     *     one of several
     */
    String nameFor(Optional<String> named) {
        if (byName.isEmpty()) {
            throw new FhirException(
                    501,
                    "not-supported",
                    "No backend of this server is a composite, so none has a follower.");
        }
        String names = String.join(", ", new TreeMap<>(byName).keySet());
        if (named.isPresent()) {
            if (!byName.containsKey(named.get())) {
                throw new FhirException(
                        404,
                        "not-found",
                        "There is no composite '%s'; there is %s.".formatted(named.get(), names));
            }
            return named.get();
        }
        if (byName.containsKey(serving)) {
            return serving;
        }
        if (byName.size() > 1) {
            throw new FhirException(
                    400, "required", "'composite' says which is meant: %s.".formatted(names));
        }
        return byName.keySet().iterator().next();
    }

    /** The composite of a job, which another server may have accepted. */
    Composite ofJob(String name) {
        Composite composite = byName.get(name);
        if (composite == null) {
            throw new JobFailedException("this server has no composite '%s'".formatted(name));
        }
        return composite;
    }
}
