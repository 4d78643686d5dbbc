package dev.andiron.spi.interceptor;

import dev.andiron.spi.resource.ResourceHead;

import java.util.Optional;

/**
 * What came of an interaction.
 *
 * @param status the HTTP status
 * @param version the version that the answer is about: read, created, updated or deleted; empty for
 *     answers that are about none or several
 */
public record InteractionResult(int status, Optional<ResourceHead> version) {}
