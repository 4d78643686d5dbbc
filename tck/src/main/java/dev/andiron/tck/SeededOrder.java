package dev.andiron.tck;

import org.junit.jupiter.api.MethodDescriptor;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.MethodOrdererContext;

import java.util.Collections;
import java.util.Comparator;

/** A random order of tests that is the same for the same seed. */
final class SeededOrder implements MethodOrderer {

    @Override
    public void orderMethods(MethodOrdererContext context) {
        long seed = BackendContract.seed();
        context.getMethodDescriptors()
                .sort(Comparator.comparing((MethodDescriptor each) -> each.getMethod().getName()));
        Collections.shuffle(context.getMethodDescriptors(), new java.util.Random(seed));
    }
}
