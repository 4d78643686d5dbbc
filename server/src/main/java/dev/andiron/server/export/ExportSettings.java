package dev.andiron.server.export;

import java.time.Duration;

/**
 * What an operator decides about exports.
 *
 * @param fileSize the bytes that a file has at most, but for a single larger resource
 * @param parallel how many threads work on one export
 * @param newMembers whether an export of a group since some time has all about patients who joined
 *     it since, if the client does not say
 * @param settling how long writes may take that other servers over the same storage began before
 *     the moment of the export
 */
public record ExportSettings(long fileSize, int parallel, boolean newMembers, Duration settling) {}
