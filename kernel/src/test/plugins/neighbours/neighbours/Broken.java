package neighbours;

import fixture.Minimal;

/** Fails when it is asked for its name. */
public class Broken extends Minimal {

    @Override
    public String name() {
        throw new IllegalStateException("cannot remember");
    }
}
