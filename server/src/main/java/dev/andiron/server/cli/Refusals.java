package dev.andiron.server.cli;

import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.fhir.json.JsonString;
import dev.andiron.fhir.json.JsonSyntaxException;

/** What a server says that does not do what it was asked. */
final class Refusals {
    private Refusals() {}

    /**
     * A refusal as a command tells it.
     *
     * @param body an OperationOutcome, or anything else
     */
    static CommandException of(int status, byte[] body) {
        String said;
        try {
            said =
                    String.join(
                            "; ",
                            JsonReader.readObject(body).objects("issue").stream()
                                    .map(Refusals::sentence)
                                    .toList());
        } catch (JsonSyntaxException e) {
            said = "";
        }
        return new CommandException(
                "the server answered %d%s".formatted(status, said.isEmpty() ? "" : ": " + said),
                null);
    }

    private static String sentence(JsonObject issue) {
        String place =
                issue.array("expression")
                        .filter(places -> !places.values().isEmpty())
                        .map(places -> places.values().getFirst())
                        .filter(JsonString.class::isInstance)
                        .map(text -> ((JsonString) text).value() + ": ")
                        .orElse("");
        return place + issue.string("diagnostics").orElse("");
    }
}
