package lateloader;

import dev.andiron.spi.Backend;
import dev.andiron.spi.BackendContext;

import fixture.Minimal;

import library.Version;

/** Needs its library only when it is opened. */
public class LateLoader extends Minimal {

    @Override
    public Backend open(BackendContext context) {
        throw new IllegalStateException("opened with library " + Version.number());
    }
}
