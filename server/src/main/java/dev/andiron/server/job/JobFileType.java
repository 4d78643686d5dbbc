package dev.andiron.server.job;

/**
 * What an output file is.
 *
 * @param mediaType its media type, with parameters
 * @param compressed whether it is compressed already
 */
public record JobFileType(String mediaType, boolean compressed) {}
