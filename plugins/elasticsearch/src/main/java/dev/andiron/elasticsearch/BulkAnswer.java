package dev.andiron.elasticsearch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

/** What became of the documents of a bulk request. */
final class BulkAnswer {
    /** All that is asked for: whether anything failed, and what. */
    static final String FILTER = "errors,items.*.status,items.*.error";

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private BulkAnswer() {}

    /**
     * A document that was not written.
     *
     * @param number which of the request's documents, from 0
     */
    record Item(int number, int status, String reason) {}

    /**
     * Reads an answer.
     *
     * @param documents how many it has to tell of
     * @return those that were not written
     * @throws IOException if it does not tell of all
     */
    static List<Item> failed(InputStream body, int documents) throws IOException {
        JsonNode answer = JSON.readTree(body);
        JsonNode items = answer.path("items");
        if (!answer.path("errors").isBoolean() || items.size() != documents) {
            throw new IOException(
                    "the answer tells of %d documents of %d".formatted(items.size(), documents));
        }
        if (!answer.path("errors").booleanValue()) {
            return List.of();
        }
        var failed = new ArrayList<Item>();
        for (int i = 0; i < documents; i++) {
            JsonNode item = items.get(i).elements().next();
            int status = item.path("status").intValue();
            if (status != 200 && status != 201) {
                failed.add(new Item(i, status, reason(item.path("error"))));
            }
        }
        return failed;
    }

    /** What is wrong, at the bottom of it. */
    private static String reason(JsonNode error) {
        JsonNode last = error;
        while (last.path("caused_by").isObject()) {
            last = last.path("caused_by");
        }
        return last.path("reason").isTextual()
                ? last.path("reason").textValue()
                : last.path("type").asText("no reason given");
    }
}
