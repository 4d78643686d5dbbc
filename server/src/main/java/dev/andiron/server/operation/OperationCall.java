package dev.andiron.server.operation;

import dev.andiron.server.interaction.FhirRequest;
import dev.andiron.spi.resource.ResourceKey;

/**
 * One call of an operation.
 *
 * @param request the whole request
 * @param level where it was called
 * @param parameters its input
 */
public record OperationCall(
        FhirRequest request, Operation.Level level, OperationParameters parameters) {

    /** The resource type of a call below the system level. */
    public String type() {
        return request.path().getFirst();
    }

    /** The resource of a call on an instance or version. */
    public ResourceKey key() {
        return new ResourceKey(request.path().get(0), request.path().get(1));
    }
}
