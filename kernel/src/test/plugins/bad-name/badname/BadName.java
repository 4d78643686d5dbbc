package badname;

import fixture.Minimal;

/** Has a name that no configuration could write. */
public class BadName extends Minimal {

    @Override
    public String name() {
        return "Bad Name";
    }
}
