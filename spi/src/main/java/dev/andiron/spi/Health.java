package dev.andiron.spi;

/** How a backend is doing, with a sentence for the operator where something is wrong. */
public sealed interface Health {

    /** Everything works. */
    record Up() implements Health {}

    /**
     * It serves, but not as well as it should.
     *
     * @param reason one sentence without secrets
     */
    record Degraded(String reason) implements Health {}

    /**
     * It does not serve.
     *
     * @param reason one sentence without secrets
     */
    record Down(String reason) implements Health {}
}
