package dev.andiron.server.interaction.operation;

import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.path.DateInterval;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Observations by code, the newest ones of each, as {@code $lastn} groups them: those that share a
 * coding have the same code, and so have those that a third one joins by its translations. Without
 * codings the text counts as it is written. When several are as old as the last that is wanted, all
 * of them are kept. For one thread.
 *
 * @param <T> what stands for an observation
 */
final class LastnGroups<T> {
    private final int max;
    private final Map<String, Group<T>> groupOfCode = new HashMap<>();
    private final Set<Group<T>> groups = new HashSet<>();
    private long seen;
    private int size;

    /**
     * Without any observation yet.
     *
     * @param max how many of each code are wanted
     */
    LastnGroups(int max) {
        this.max = max;
    }

    private record Kept<T>(long place, T observation, Optional<DateInterval> time) {}

    /** Compared by identity. */
    private static final class Group<T> {
        private List<Kept<T>> kept = new ArrayList<>();
        private final Set<String> codes = new HashSet<>();
    }

    /** How many are kept. */
    int size() {
        return size;
    }

    /**
     * Adds one that is no newer than those before.
     *
     * @param resource the Observation
     */
    void add(T observation, JsonObject resource) {
        List<String> codes = codes(resource.object("code").orElse(JsonObject.empty()));
        Group<T> group = joined(codes);
        for (String code : codes) {
            group.codes.add(code);
            groupOfCode.put(code, group);
        }
        group.kept.add(new Kept<>(seen++, observation, time(resource)));
        size++;
        cut(group);
    }

    /** The one group of codes that were groups of their own so far. */
    private Group<T> joined(List<String> codes) {
        Group<T> first = null;
        for (String code : codes) {
            Group<T> known = groupOfCode.get(code);
            if (first == null) {
                first = known;
            } else if (known != null && known != first) {
                groups.remove(known);
                first.kept.addAll(known.kept);
                first.kept.sort(Comparator.comparingLong(Kept::place));
                for (String other : known.codes) {
                    first.codes.add(other);
                    groupOfCode.put(other, first);
                }
                cut(first);
            }
        }
        if (first == null) {
            first = new Group<>();
            groups.add(first);
        }
        return first;
    }

    private void cut(Group<T> group) {
        List<Kept<T>> kept = group.kept;
        int end = Math.min(max, kept.size());
        Optional<DateInterval> last = kept.isEmpty() ? Optional.empty() : kept.get(end - 1).time();
        while (end < kept.size() && last.isPresent() && kept.get(end).time().equals(last)) {
            end++;
        }
        size -= kept.size() - end;
        group.kept = new ArrayList<>(kept.subList(0, end));
    }

    /** Code by code, each from its newest; the code with the newest of all comes first. */
    List<T> inOrder() {
        return groups.stream()
                .sorted(Comparator.comparingLong(group -> group.kept.getFirst().place()))
                .flatMap(group -> group.kept.stream())
                .map(Kept::observation)
                .toList();
    }

    private static List<String> codes(JsonObject concept) {
        var codes = new ArrayList<String>();
        for (JsonObject coding : concept.objects("coding")) {
            coding.string("code")
                    .ifPresent(code -> codes.add(coding.string("system").orElse("") + "|" + code));
        }
        if (codes.isEmpty()) {
            codes.add("text:" + concept.string("text").orElse(""));
        }
        return codes;
    }

    /** When it was, as far as that is a time: the time of a period is the whole of it. */
    private static Optional<DateInterval> time(JsonObject observation) {
        Optional<JsonObject> period = observation.object("effectivePeriod");
        if (period.isPresent()) {
            Optional<DateInterval> start =
                    period.get().string("start").flatMap(DateInterval::parse);
            Optional<DateInterval> end = period.get().string("end").flatMap(DateInterval::parse);
            return start.isEmpty() || end.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new DateInterval(start.get().low(), end.get().high()));
        }
        return observation
                .string("effectiveDateTime")
                .or(() -> observation.string("effectiveInstant"))
                .flatMap(DateInterval::parse);
    }
}
