package dev.andiron.s3;

import dev.andiron.spi.resource.Json;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;

/**
 * What a worker or a client gave with a job.
 *
 * @param object the key of the object that holds it; empty if it is here
 * @param here the data itself, if it is short
 */
record JobData(String object, Json here) {
    static final JobData NONE = new JobData("", Json.empty());

    /** Longer data lies in an object of its own. */
    static final int SHORT = 1_024;

    boolean elsewhere() {
        return !object.isEmpty();
    }

    void write(DataOutputStream out) throws IOException {
        out.writeUTF(object);
        out.writeShort(here.length());
        out.write(here.bytes());
    }

    static JobData read(DataInputStream in) throws IOException {
        String object = in.readUTF();
        byte[] bytes = in.readNBytes(in.readUnsignedShort());
        return new JobData(object, bytes.length == 0 ? Json.empty() : Json.of(bytes));
    }
}
