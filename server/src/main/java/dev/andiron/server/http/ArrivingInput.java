package dev.andiron.server.http;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** A body that tells while it arrives. Used by one thread. */
final class ArrivingInput extends FilterInputStream {
    private static final int STEP = 1 << 20;

    private final Runnable arrival;
    private int untold;

    ArrivingInput(InputStream in, Runnable arrival) {
        super(in);
        this.arrival = arrival;
    }

    @Override
    public int read() throws IOException {
        var one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        int read = super.read(buffer, offset, length);
        untold += Math.max(read, 0);
        if (untold >= STEP) {
            untold = 0;
            arrival.run();
        }
        return read;
    }
}
