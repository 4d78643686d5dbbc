package dev.andiron.server.export;

import dev.andiron.kernel.snapshot.Snapshot;
import dev.andiron.kernel.snapshot.SnapshotScan;
import dev.andiron.spi.resource.StoredResource;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Finds the patients whose compartments an export is about, as they were at its moment. */
final class ExportScope {
    private ExportScope() {}

    /** Those whose live resources are exported; empty for the whole system. */
    static Optional<PatientScope> of(ExportRequest request, Snapshot snapshot) {
        return switch (request.level()) {
            case SYSTEM -> Optional.empty();
            case PATIENT ->
                    Optional.of(
                            new PatientScope(
                                    Optional.of(request.patients().orElseGet(() -> all(snapshot))),
                                    Set.of()));
            case GROUP -> Optional.of(ofGroup(request, snapshot));
        };
    }

    /** Those whose deleted resources are told: patients may be among what was deleted. */
    static Optional<PatientScope> ofDeleted(ExportRequest request, Optional<PatientScope> live) {
        return request.level() == ExportLevel.PATIENT && request.patients().isEmpty()
                ? Optional.of(new PatientScope(Optional.empty(), Set.of()))
                : live;
    }

    private static Set<String> all(Snapshot snapshot) {
        var ids = new HashSet<String>();
        try (SnapshotScan scan = snapshot.scan("Patient", "")) {
            for (List<StoredResource> rows = scan.next(); !rows.isEmpty(); rows = scan.next()) {
                rows.forEach(row -> ids.add(row.key().id()));
            }
        }
        return ids;
    }

    private static PatientScope ofGroup(ExportRequest request, Snapshot snapshot) {
        String group = request.group().orElseThrow();
        Set<String> members = GroupMembers.of(snapshot, group, snapshot.time());
        request.patients().ifPresent(members::retainAll);
        var joined = new HashSet<String>();
        if (request.since().isPresent() && request.newMembers()) {
            joined.addAll(members);
            joined.removeAll(GroupMembers.of(snapshot, group, request.since().get()));
        }
        return new PatientScope(Optional.of(members), joined);
    }
}
