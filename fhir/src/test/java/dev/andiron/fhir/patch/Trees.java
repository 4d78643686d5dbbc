package dev.andiron.fhir.patch;

import dev.andiron.fhir.json.JsonArray;
import dev.andiron.fhir.json.JsonBoolean;
import dev.andiron.fhir.json.JsonNumber;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonString;
import dev.andiron.fhir.json.JsonValue;
import dev.andiron.fhir.json.JsonWriter;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Random;

/** Random JSON trees without nulls, which a merge patch could not express. */
final class Trees {

    private Trees() {}

    static String text(Random random) {
        return new String(JsonWriter.compact(object(random, 4)), StandardCharsets.UTF_8);
    }

    private static JsonValue random(Random random, int depth) {
        return switch (random.nextInt(depth == 0 ? 3 : 6)) {
            case 0 -> JsonNumber.of(random.nextInt(3) + ".50");
            case 1 -> JsonString.of("~/" + random.nextInt(3));
            case 2 -> JsonBoolean.of(random.nextBoolean());
            case 3 -> {
                var elements = new ArrayList<JsonValue>();
                for (int i = random.nextInt(4); i > 0; i--) {
                    elements.add(random(random, depth - 1));
                }
                yield JsonArray.of(elements);
            }
            default -> object(random, depth);
        };
    }

    private static JsonObject object(Random random, int depth) {
        var object = JsonObject.builder();
        for (String name : new String[] {"a", "b/c", "d~e", "1"}) {
            if (random.nextBoolean()) {
                object.put(name, random(random, depth - 1));
            }
        }
        return object.build();
    }
}
