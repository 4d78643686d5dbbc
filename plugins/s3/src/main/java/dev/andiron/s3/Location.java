package dev.andiron.s3;

/**
 * Where a content lies.
 *
 * @param object the key of the object
 * @param offset its first byte within the object
 * @param stored how many bytes it has there
 * @param length how many bytes it has when unpacked
 * @param deflated whether it is compressed
 * @param checksum CRC-32C of the stored bytes
 */
record Location(
        String object, long offset, int stored, int length, boolean deflated, int checksum) {

    /** Behind its last byte. */
    long end() {
        return offset + stored;
    }

    /** The same content at another place of its object. */
    Location at(long place) {
        return new Location(object, place, stored, length, deflated, checksum);
    }
}
