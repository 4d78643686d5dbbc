package dev.andiron.server.export;

import dev.andiron.fhir.json.JsonBoolean;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.fhir.path.DateInterval;
import dev.andiron.kernel.snapshot.Snapshot;
import dev.andiron.server.job.JobFailedException;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.StoredResource;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * The patients who are members of a group at some time: neither inactive nor outside of the period
 * of their membership. Members of member groups are members, too. Used by one thread.
 */
final class GroupMembers {
    private static final int MOST_GROUPS = 10_000;
    private static final int MOST_PATIENTS = 1_000_000;

    private final Function<ResourceKey, Optional<StoredResource>> read;
    private final Instant at;
    private final Set<String> patients = new HashSet<>();
    private final Set<String> groups = new HashSet<>();
    private final Deque<String> waiting = new ArrayDeque<>();

    private GroupMembers(Function<ResourceKey, Optional<StoredResource>> read, Instant at) {
        this.read = read;
        this.at = at;
    }

    /**
     * Their ids, as the groups were at that time.
     *
     * @throws JobFailedException if there are too many
     */
    static Set<String> of(Snapshot snapshot, String group, Instant at) {
        return of(key -> snapshot.read(key, at), group, at);
    }

    /**
     * Their ids.
     *
     * @param read gives a group
     */
    static Set<String> of(
            Function<ResourceKey, Optional<StoredResource>> read, String group, Instant at) {
        var members = new GroupMembers(read, at);
        members.enter(group);
        while (!members.waiting.isEmpty()) {
            members.expand(members.waiting.poll());
        }
        return members.patients;
    }

    /** Each group once, so that groups that are members of each other come to an end. */
    private void enter(String group) {
        if (groups.add(group)) {
            waiting.add(group);
        }
        if (groups.size() > MOST_GROUPS) {
            throw new JobFailedException(
                    "the group has more than %d groups within it".formatted(MOST_GROUPS));
        }
    }

    private void expand(String group) {
        read.apply(new ResourceKey("Group", group))
                .map(found -> JsonReader.readObject(found.content().bytes()))
                .ifPresent(
                        found -> {
                            for (JsonObject member : found.objects("member")) {
                                if (isMember(member)) {
                                    member.object("entity")
                                            .flatMap(entity -> entity.string("reference"))
                                            .ifPresent(this::add);
                                }
                            }
                        });
    }

    private boolean isMember(JsonObject member) {
        Optional<JsonObject> period = member.object("period");
        Optional<DateInterval> start = time(period, "start");
        Optional<DateInterval> end = time(period, "end");
        return member.get("inactive") != JsonBoolean.TRUE
                && start.filter(time -> time.low().isAfter(at)).isEmpty()
                && end.filter(time -> !time.high().isAfter(at)).isEmpty();
    }

    private static Optional<DateInterval> time(Optional<JsonObject> period, String name) {
        return period.flatMap(found -> found.string(name)).flatMap(DateInterval::parse);
    }

    private void add(String reference) {
        String[] parts = reference.split("/");
        if (parts.length < 2 || reference.startsWith("#") || reference.startsWith("urn:")) {
            return;
        }
        int version = parts.length > 3 && parts[parts.length - 2].equals("_history") ? 2 : 0;
        String type = parts[parts.length - 2 - version];
        String id = parts[parts.length - 1 - version];
        if (type.equals("Patient")) {
            patients.add(id);
            if (patients.size() > MOST_PATIENTS) {
                throw new JobFailedException(
                        "the group has more than %d patients".formatted(MOST_PATIENTS));
            }
        } else if (type.equals("Group")) {
            enter(id);
        }
    }
}
