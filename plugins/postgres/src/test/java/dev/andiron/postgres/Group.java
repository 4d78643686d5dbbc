package dev.andiron.postgres;

import dev.andiron.postgres.Linearizability.Call;

import java.util.Optional;

/**
 * What the concurrent histories are about, and what one after the other means for it: two resources
 * that are written each for itself, from a version that the writer expects, or both at once; and
 * what is created unless a search finds something.
 *
 * @param patient the version of the one, 0 before the first
 * @param observation the version of the other
 * @param created the id of what was created; empty before
 */
public record Group(long patient, long observation, String created) {
    public static final Group EMPTY = new Group(0, 0, "");

    /** The answer of a write that happened. */
    public static final String DONE = "done";

    /** The answer of a write that found something else than it expected, and changed nothing. */
    public static final String REFUSED = "refused";

    /** A call with its answer, which means nothing where none came. */
    record Asked(Question question, String answer) {}

    /** What is asked of a node, as a line of words. */
    public sealed interface Question {
        /** Writes the version of the one behind the expected one. */
        record Put(long expected) implements Question {}

        /** Writes both in one commit. */
        record Bundle(long patient, long observation) implements Question {}

        /** Creates something with an id unless something is found. */
        record Create(String id) implements Question {}

        /** Which version the one has. */
        record ReadPatient() implements Question {}

        /** Which version the other has. */
        record ReadObservation() implements Question {}

        /** What a search finds. */
        record Search() implements Question {}
    }

    static Optional<Group> after(Group group, Call<Asked> call) {
        Question question = call.content().question();
        var next =
                switch (question) {
                    case Question.Put put -> group.put(put.expected());
                    case Question.Bundle bundle ->
                            group.observation == bundle.observation()
                                    ? group.put(bundle.patient()).map(Group::withObservation)
                                    : Optional.<Group>empty();
                    case Question.Create create ->
                            group.created.isEmpty()
                                    ? Optional.of(
                                            new Group(
                                                    group.patient, group.observation, create.id()))
                                    : Optional.<Group>empty();
                    case Question.ReadPatient _, Question.ReadObservation _, Question.Search _ ->
                            Optional.of(group);
                };
        if (!call.isAnswered()) {
            return next;
        }
        String answer = call.content().answer();
        String right =
                switch (question) {
                    case Question.Put _, Question.Bundle _, Question.Create _ ->
                            next.isPresent() ? DONE : REFUSED;
                    case Question.ReadPatient _ -> Long.toString(group.patient);
                    case Question.ReadObservation _ -> Long.toString(group.observation);
                    case Question.Search _ -> group.created;
                };
        return answer.equals(right) ? Optional.of(next.orElse(group)) : Optional.empty();
    }

    private Optional<Group> put(long expected) {
        return patient == expected
                ? Optional.of(new Group(patient + 1, observation, created))
                : Optional.empty();
    }

    private Group withObservation() {
        return new Group(patient, observation + 1, created);
    }
}
