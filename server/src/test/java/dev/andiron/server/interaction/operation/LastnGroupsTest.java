package dev.andiron.server.interaction.operation;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.andiron.fhir.json.JsonArray;
import dev.andiron.fhir.json.JsonObject;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.stream.Stream;

/**
 * Observations from the newest, each written {@code codes@time} with codings that are joined by +
 * and texts in quotes, and the places of those that are given.
 */
class LastnGroupsTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            textBlock =
                    """
                    # the definition's own examples: groups by codes and translations
                    1 | a@4 b@3 c@2                 | 0 1 2
                    1 | a@4 b@3 a+c@2               | 0 1
                    1 | a@4 b@3 a+b@2               | 0
                    1 | 'textM'@4 'Text'@3 't_e_x_t'@2 | 0 1 2
                    1 | 'text'@4 'text'@3           | 0
                    1 | 'a'@4 a@3                   | 0 1
                    # joined later, also through a third
                    2 | a@9 a@8 b@7 b@6 a+b@5       | 0 1
                    2 | a@9 b@8 a@7 b@6 a+b@5       | 0 1
                    3 | a@9 b@8 c@7 b+c@6 a+b@5     | 0 1 2
                    1 | a+b@9 b+c@8 c+d@7 d@6       | 0
                    # the largest number of each
                    2 | a@5 a@4 a@3 b@2             | 0 1 3
                    5 | a@5 a@4                     | 0 1
                    # ties with the last that is wanted
                    1 | a@5 a@5 a@5 a@4             | 0 1 2
                    2 | a@5 a@4 a@4 a@3             | 0 1 2
                    3 | a@5 a@5 a@4 a@4 a@4 a@3     | 0 1 2 3 4
                    2 | a@5 a@5 a@4                 | 0 1
                    1 | a@5 b@5 a+b@5 a@4           | 0 1 2
                    1 | a@5 b@4 a+b@4               | 0
                    # without a time there is no tie
                    1 | a@- a@-                     | 0
                    1 | -@3 -@2                     | 0
                    """)
    void areTheNewestOfEachCode(int max, String observations, String expected) {
        var groups = new LastnGroups<Integer>(max);
        String[] all = observations.strip().split(" +");
        for (int i = 0; i < all.length; i++) {
            groups.add(i, observation(all[i]));
        }
        String found = String.join(" ", groups.inOrder().stream().map(String::valueOf).toList());
        assertEquals(expected, found);
        assertEquals(groups.inOrder().size(), groups.size());
    }

    private static JsonObject observation(String text) {
        String[] parts = text.split("@");
        var code = JsonObject.builder();
        if (parts[0].startsWith("'")) {
            code.put("text", parts[0].replace("'", "").replace('_', ' '));
        } else if (!parts[0].equals("-")) {
            code.put(
                    "coding",
                    JsonArray.of(
                            Stream.of(parts[0].split("\\+"))
                                    .map(each -> JsonObject.builder().put("code", each).build())
                                    .toList()));
        }
        var observation = JsonObject.builder().put("code", code.build());
        if (!parts[1].equals("-")) {
            observation.put("effectiveDateTime", "2024-01-0" + parts[1]);
        }
        return observation.build();
    }
}
