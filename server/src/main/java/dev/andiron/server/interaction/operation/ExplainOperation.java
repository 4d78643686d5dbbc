package dev.andiron.server.interaction.operation;

import dev.andiron.server.interaction.Content;
import dev.andiron.server.interaction.FhirRequest;
import dev.andiron.server.interaction.FhirResponse;
import dev.andiron.server.interaction.RequestBody;
import dev.andiron.server.interaction.Services;
import dev.andiron.server.interaction.search.Explanation;
import dev.andiron.server.interaction.search.SearchScope;
import dev.andiron.server.operation.Operation;
import dev.andiron.server.operation.Operation.Level;
import dev.andiron.server.operation.OperationCall;

import java.util.EnumSet;
import java.util.Set;

/** {@code $explain}: how a search would be understood and run, without running it. */
final class ExplainOperation {
    private final Services services;

    private ExplainOperation(Services services) {
        this.services = services;
    }

    static Operation of(Services services) {
        return Operation.reading(
                "$explain",
                "https://andiron.dev/fhir/OperationDefinition/explain",
                EnumSet.of(Level.SYSTEM, Level.TYPE),
                Set.of(),
                new ExplainOperation(services)::explain);
    }

    private FhirResponse explain(OperationCall call) {
        FhirRequest request = call.request();
        SearchScope scope =
                call.level() == Level.SYSTEM
                        ? SearchScope.ofSystem()
                        : SearchScope.ofType(call.type());
        var search = request.with(call.parameters().asQuery()).with(new RequestBody.Absent());
        return FhirResponse.of(
                200, Content.of(Explanation.of(services, search, scope).parameters()));
    }
}
