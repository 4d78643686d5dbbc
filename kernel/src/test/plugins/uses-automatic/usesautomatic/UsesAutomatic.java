package usesautomatic;

import automatic.Automatic;

import fixture.Minimal;

/** Reaches a module through an automatic one. */
public class UsesAutomatic extends Minimal {

    @Override
    public String description() {
        return "library " + Automatic.version();
    }
}
