package dev.andiron.s3;

import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;

/**
 * Ends a node's life at one of its requests: just before it is sent, or when it has taken effect
 * and the answer is not yet seen. From then on no request leaves the node.
 */
final class Killer implements ExecutionInterceptor {
    private final int fatal;
    private final boolean afterEffect;
    private int requests;
    private boolean dead;

    /**
     * @param fatal the number of the request, from 1
     * @param afterEffect whether it still takes effect
     */
    Killer(int fatal, boolean afterEffect) {
        this.fatal = fatal;
        this.afterEffect = afterEffect;
    }

    @Override
    public synchronized void beforeTransmission(
            Context.BeforeTransmission context, ExecutionAttributes attributes) {
        requests++;
        dead |= requests == fatal && !afterEffect;
        dieIfDead();
        dead = requests >= fatal;
    }

    @Override
    public synchronized void afterTransmission(
            Context.AfterTransmission context, ExecutionAttributes attributes) {
        dieIfDead();
    }

    private void dieIfDead() {
        if (dead) {
            throw SdkClientException.create("this node is dead");
        }
    }

    /** Whether the fatal request has come. */
    synchronized boolean dead() {
        return dead;
    }
}
