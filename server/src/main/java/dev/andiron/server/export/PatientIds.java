package dev.andiron.server.export;

import dev.andiron.kernel.snapshot.Snapshot;
import dev.andiron.kernel.snapshot.SnapshotScan;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.StoredResource;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Some patients, by id. Safe for use by many threads. */
@FunctionalInterface
interface PatientIds {
    boolean contains(String id);

    static PatientIds of(Set<String> ids) {
        return Set.copyOf(ids)::contains;
    }

    /**
     * All who lived at the moment of a snapshot.
     *
     * @param most how many are kept in memory; if there are more, each is looked up
     */
    static PatientIds all(Snapshot snapshot, int most) {
        var ids = new HashSet<String>();
        try (SnapshotScan scan = snapshot.scan("Patient", "")) {
            for (List<StoredResource> rows = scan.next(); !rows.isEmpty(); rows = scan.next()) {
                rows.forEach(row -> ids.add(row.key().id()));
                if (ids.size() > most) {
                    return new LookedUp(snapshot, most);
                }
            }
        }
        return of(ids);
    }

    /** Those who are found in the snapshot; what was found last is remembered. */
    final class LookedUp implements PatientIds {
        private final Snapshot snapshot;
        private final Map<String, Boolean> known;

        LookedUp(Snapshot snapshot, int most) {
            this.snapshot = snapshot;
            known =
                    new LinkedHashMap<>(16, 0.75f, true) {
                        private static final long serialVersionUID = 1;

                        @Override
                        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
                            return size() > most;
                        }
                    };
        }

        @Override
        public boolean contains(String id) {
            Boolean before;
            synchronized (known) {
                before = known.get(id);
            }
            if (before != null) {
                return before;
            }
            boolean lived = snapshot.read(new ResourceKey("Patient", id)).isPresent();
            synchronized (known) {
                known.put(id, lived);
            }
            return lived;
        }
    }
}
