package neighbours;

import fixture.Minimal;

/** Works, whatever its neighbours do. */
public class Sound extends Minimal {}
