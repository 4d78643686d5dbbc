package optionstwice;

import dev.andiron.spi.Option;

import fixture.Minimal;

import java.util.List;

/** Declares one option two times. */
public class OptionsTwice extends Minimal {

    @Override
    public List<Option<?>> options() {
        return List.of(Option.string("url", "where"), Option.integer("url", 1, "how many"));
    }
}
