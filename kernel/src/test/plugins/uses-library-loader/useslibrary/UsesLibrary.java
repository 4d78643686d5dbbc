package useslibrary;

import fixture.Minimal;

import library.Version;

/** Is named after the version of the library that it sees. */
public class UsesLibrary extends Minimal {

    @Override
    public String name() {
        return "library-" + Version.number();
    }
}
