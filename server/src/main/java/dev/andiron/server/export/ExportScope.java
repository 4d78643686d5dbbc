package dev.andiron.server.export;

import dev.andiron.kernel.snapshot.Snapshot;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** Finds the patients whose compartments an export is about, as they were at its moment. */
final class ExportScope {
    /** About 25 MB. */
    private static final int MOST_KEPT = 200_000;

    private ExportScope() {}

    /** Those whose live resources are exported; empty for the whole system. */
    static Optional<PatientScope> of(ExportRequest request, Snapshot snapshot) {
        return switch (request.level()) {
            case SYSTEM -> Optional.empty();
            case PATIENT ->
                    Optional.of(
                            new PatientScope(
                                    Optional.of(
                                            request.patients()
                                                    .map(PatientIds::of)
                                                    .orElseGet(
                                                            () ->
                                                                    PatientIds.all(
                                                                            snapshot, MOST_KEPT))),
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

    private static PatientScope ofGroup(ExportRequest request, Snapshot snapshot) {
        String group = request.group().orElseThrow();
        Set<String> members = GroupMembers.of(snapshot, group, snapshot.time());
        request.patients().ifPresent(members::retainAll);
        var joined = new HashSet<String>();
        if (request.since().isPresent() && request.newMembers()) {
            joined.addAll(members);
            joined.removeAll(GroupMembers.of(snapshot, group, request.since().get()));
        }
        return new PatientScope(Optional.of(PatientIds.of(members)), joined);
    }
}
