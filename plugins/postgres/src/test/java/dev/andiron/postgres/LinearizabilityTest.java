package dev.andiron.postgres;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.postgres.Group.Asked;
import dev.andiron.postgres.Group.Question;
import dev.andiron.postgres.Linearizability.Call;

import org.junit.jupiter.api.Test;

import java.util.List;

/** The judge of histories, on histories whose judgement is known. */
class LinearizabilityTest {
    private static final long NEVER = Linearizability.NEVER;

    private static Call<Asked> call(Question question, String answer, long start, long end) {
        return new Call<>(new Asked(question, answer), start, end);
    }

    private static boolean holds(List<Call<Asked>> calls) {
        return Linearizability.holds(Group.EMPTY, calls, Group::after);
    }

    private static Call<Asked> put(long expected, String answer, long start, long end) {
        return call(new Question.Put(expected), answer, start, end);
    }

    private static Call<Asked> read(String answer, long start, long end) {
        return call(new Question.ReadPatient(), answer, start, end);
    }

    @Test
    void concurrentCallsMayHappenInEitherOrder() {
        assertTrue(holds(List.of(put(0, "done", 0, 10), read("0", 1, 2), read("1", 3, 4))));
        assertTrue(
                holds(List.of(put(0, "refused", 0, 10), put(0, "done", 1, 9), read("1", 11, 12))));
    }

    @Test
    void staleReadsAndLostUpdatesAreFound() {
        assertFalse(holds(List.of(put(0, "done", 0, 1), read("0", 2, 3))));
        assertFalse(holds(List.of(put(0, "done", 0, 9), read("1", 1, 2), read("0", 3, 4))));
        assertFalse(holds(List.of(put(0, "done", 0, 9), put(0, "done", 1, 8))));
        assertFalse(holds(List.of(put(0, "refused", 0, 1))));
    }

    @Test
    void whatWasNotAnsweredMayHaveHappenedOrNot() {
        assertTrue(holds(List.of(put(0, "", 0, NEVER), read("0", 1, 2), read("1", 3, 4))));
        assertTrue(holds(List.of(put(0, "", 0, NEVER), read("0", 1, 2), put(0, "done", 3, 4))));
        assertFalse(holds(List.of(put(0, "", 0, NEVER), read("1", 1, 2), read("0", 3, 4))));
        assertFalse(holds(List.of(read("1", 0, 1), put(0, "", 2, NEVER))));
    }

    @Test
    void bundlesAreSeenWholeAndConditionalCreatesOnce() {
        var bundle = call(new Question.Bundle(0, 0), "done", 0, 9);
        assertTrue(
                holds(
                        List.of(
                                bundle,
                                read("1", 1, 2),
                                call(new Question.ReadObservation(), "1", 3, 4))));
        assertFalse(
                holds(
                        List.of(
                                bundle,
                                read("1", 1, 2),
                                call(new Question.ReadObservation(), "0", 3, 4))));
        assertFalse(
                holds(
                        List.of(
                                call(new Question.Create("a"), "done", 0, 9),
                                call(new Question.Create("b"), "done", 1, 8))));
        assertFalse(
                holds(
                        List.of(
                                call(new Question.Create("a"), "done", 0, 1),
                                call(new Question.Search(), "", 2, 3))));
    }
}
