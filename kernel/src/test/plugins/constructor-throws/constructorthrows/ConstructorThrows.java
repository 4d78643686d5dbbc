package constructorthrows;

import fixture.Minimal;

/** Cannot be made. */
public class ConstructorThrows extends Minimal {

    public ConstructorThrows() {
        throw new IllegalStateException("no licence found");
    }
}
