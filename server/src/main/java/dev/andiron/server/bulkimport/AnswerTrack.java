package dev.andiron.server.bulkimport;

import dev.andiron.fhir.json.JsonNumber;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.server.interaction.Content;
import dev.andiron.server.interaction.FhirResponse;
import dev.andiron.server.operation.ParametersResource;
import dev.andiron.spi.StorageException;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The traces of an import that is answered at once: they are the answer. Used by one thread. */
final class AnswerTrack implements ImportTrack {
    /** More errors are counted, and the answer says so. */
    private static final int MOST_ERRORS = 1_000;

    private final List<String> errors = new ArrayList<>();

    @Override
    public void check() {
        if (Thread.currentThread().isInterrupted()) {
            throw new StorageException.Timeout(
                    "The import took longer than it may; what came before is stored.", null);
        }
    }

    @Override
    public void fence() {
        // A request has nobody who could take it over.
    }

    @Override
    public void save(ImportState state) {
        // The client hears of it when all is done.
    }

    @Override
    public String keep(int number, byte[] ndjson) {
        new String(ndjson, StandardCharsets.UTF_8)
                .lines()
                .limit(MOST_ERRORS - errors.size())
                .forEach(errors::add);
        return "answer";
    }

    /** What was done, and each error that is kept. */
    FhirResponse answer(ImportState state) {
        ImportTally tally = state.tally();
        var answer = new ParametersResource();
        number(answer, "stored", tally.stored());
        number(answer, "failed", tally.failed());
        tally.types()
                .forEach(
                        (type, count) -> {
                            var parts = new ParametersResource().string("type", type);
                            number(parts, "created", count.created());
                            number(parts, "updated", count.updated());
                            number(parts, "unchanged", count.unchanged());
                            number(parts, "deleted", count.deleted());
                            answer.parts("output", parts);
                        });
        if (tally.failed() > errors.size()) {
            answer.string(
                    "note",
                    "%d failed; the first %d are listed.".formatted(tally.failed(), errors.size()));
        }
        for (String error : errors) {
            byte[] json = error.getBytes(StandardCharsets.UTF_8);
            answer.resource("error", JsonReader.readObject(json));
        }
        return FhirResponse.of(200, Content.of(answer.build()));
    }

    private static void number(ParametersResource answer, String name, long value) {
        answer.value(name, "Integer", JsonNumber.of(value));
    }
}
