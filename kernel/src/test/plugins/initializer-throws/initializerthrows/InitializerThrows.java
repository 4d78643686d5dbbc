package initializerthrows;

import fixture.Minimal;

/** Cannot be initialised. */
public class InitializerThrows extends Minimal {
    static final int NUMBER = Integer.parseInt("seven");
}
