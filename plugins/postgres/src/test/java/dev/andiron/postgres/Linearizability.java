package dev.andiron.postgres;

import java.util.BitSet;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Judges a history of concurrent calls: whether each can be given an instant between its start and
 * its end, so that all answers are those of calls that happen one after the other at these
 * instants. A call without an answer may have happened at any time after its start, or never. By
 * the search of Wing and Gong (1993), with the states that were already met remembered, as Lowe
 * (2017) does.
 *
 * @param <S> the state that calls read and change; equal when nothing can tell them apart
 * @param <C> what a call asked, and what it was answered
 */
final class Linearizability<S, C> {
    /** A call's end when no answer came. */
    static final long NEVER = Long.MAX_VALUE;

    private final List<Call<C>> calls;
    private final Step<S, C> step;
    private final Set<Met<S>> met = new HashSet<>();
    private final BitSet done = new BitSet();

    /** A call and when it was made and answered, by one clock. */
    record Call<C>(C content, long start, long end) {
        boolean isAnswered() {
            return end != NEVER;
        }
    }

    /** What calls mean. */
    @FunctionalInterface
    interface Step<S, C> {
        /** The state after a call; empty if its answer is not one that the state allows. */
        Optional<S> after(S state, Call<C> call);
    }

    private record Met<S>(BitSet done, S state) {}

    private Linearizability(List<Call<C>> calls, Step<S, C> step) {
        this.calls = calls.stream().sorted(Comparator.comparingLong(Call::start)).toList();
        this.step = step;
    }

    static <S, C> boolean holds(S initial, List<Call<C>> calls, Step<S, C> step) {
        return new Linearizability<>(calls, step).holdsFrom(initial, 0);
    }

    private boolean holdsFrom(S state, int from) {
        int first = done.nextClearBit(from);
        long earliestEnd = NEVER;
        boolean left = false;
        for (int i = first; i < calls.size() && calls.get(i).start() < earliestEnd; i++) {
            if (!done.get(i) && calls.get(i).isAnswered()) {
                left = true;
                earliestEnd = Math.min(earliestEnd, calls.get(i).end());
            }
        }
        if (!left) {
            return true;
        }
        if (!met.add(new Met<>((BitSet) done.clone(), state))) {
            return false;
        }
        for (int i = first; i < calls.size() && calls.get(i).start() < earliestEnd; i++) {
            if (!done.get(i) && next(state, first, i)) {
                return true;
            }
        }
        return false;
    }

    private boolean next(S state, int first, int index) {
        Call<C> call = calls.get(index);
        Optional<S> after = step.after(state, call);
        // One without an answer that changes nothing might as well not have happened.
        if (after.isEmpty() || (!call.isAnswered() && after.get().equals(state))) {
            return false;
        }
        done.set(index);
        boolean holds = holdsFrom(after.get(), first);
        done.clear(index);
        return holds;
    }
}
