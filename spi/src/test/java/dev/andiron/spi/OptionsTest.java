package dev.andiron.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

class OptionsTest {
    private static final Option<String> URL = Option.string("url", "where").required();
    private static final Option<Duration> WAIT =
            Option.duration("wait", Duration.ofSeconds(5), "how long");
    private static final Option<String> USER = Option.string("user", "who");
    private static final List<Option<?>> DECLARED = List.of(URL, WAIT, USER);

    @Test
    void defaultsFillWhatIsNotSet() {
        Options options = Options.of(DECLARED, Map.of("url", "a"));
        assertEquals("a", options.get(URL));
        assertEquals(Duration.ofSeconds(5), options.get(WAIT));
        assertEquals(Optional.empty(), options.find(USER));
    }

    @Test
    void missingUnknownAndMistypedValuesAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> Options.of(DECLARED, Map.of()));
        assertThrows(
                IllegalArgumentException.class,
                () -> Options.of(DECLARED, Map.of("url", "a", "uri", "b")));
        assertThrows(
                IllegalArgumentException.class,
                () -> Options.of(DECLARED, Map.of("url", "a", "wait", "5s")));
    }

    @Test
    void choicesAreLowerCaseWords() {
        Option<ClaimStrategy> option = Option.choice("claims", ClaimStrategy.NONE, "how");
        assertEquals(
                List.of("none", "process-local", "row-lock", "conditional-write"),
                option.choices());
    }

    @Test
    void optionNamesAreLowerCaseWithHyphens() {
        assertThrows(IllegalArgumentException.class, () -> Option.string("pathStyle", "x"));
    }
}
