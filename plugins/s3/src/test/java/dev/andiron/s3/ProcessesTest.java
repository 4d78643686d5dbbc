package dev.andiron.s3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.spi.resource.Change;
import dev.andiron.spi.resource.Json;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.tck.fixture.ForkedJvm;
import dev.andiron.tck.fixture.Tenant;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** Sixteen writers in two processes on the same tenant and the same resources. */
class ProcessesTest {
    @Test
    void twoProcessesLoseNoUpdateOnS3Mock() throws IOException, InterruptedException {
        run(S3Mock.server().url());
    }

    @Test
    void twoProcessesLoseNoUpdateOnS3Proxy() throws IOException, InterruptedException {
        run(S3Proxy.server().url());
    }

    private static void run(URI url) throws IOException, InterruptedException {
        String prefix = UUID.randomUUID() + "/";
        List<Process> processes = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            List<String> command = new ArrayList<>(ForkedJvm.command(ProcessesTest.class));
            command.addAll(List.of(PairWriter.class.getName(), url.toString(), prefix, "node" + i));
            processes.add(
                    new ProcessBuilder(command)
                            .redirectError(ProcessBuilder.Redirect.INHERIT)
                            .start());
        }
        int commits = 0;
        for (Process process : processes) {
            String out =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertEquals(0, process.waitFor(), "a node failed");
            commits += Integer.parseInt(out.strip());
        }
        assertEquals(2 * PairWriter.WRITERS * PairWriter.ROUNDS, commits);
        try (Node node = Node.open(url, prefix, Map.of())) {
            Tenant tenant = node.tenant("default");
            long versions = 0;
            for (int i = 0; i < PairWriter.RESOURCES; i++) {
                versions += tenant.currentVersion(PairWriter.resource(i));
            }
            assertEquals(2L * commits, versions, "updates were lost");
            assertWholeCommits(tenant.changes(0, 100), commits);
        }
    }

    /** Versions ascend by one, and the two changes of each commit stand together. */
    private static void assertWholeCommits(List<Change> changes, int commits) {
        assertEquals(2 * commits, changes.size());
        Map<ResourceKey, Long> versions = new HashMap<>();
        Set<Json> marks = new HashSet<>();
        for (int i = 0; i < changes.size(); i++) {
            StoredResource resource = ((Change.Written) changes.get(i)).resource();
            assertEquals(
                    versions.merge(resource.key(), 1L, Long::sum),
                    resource.version(),
                    () -> "a version of " + resource.key() + " is missing or doubled");
            if (i % 2 == 0) {
                assertTrue(marks.add(resource.content()), "a commit was applied twice");
                assertEquals(
                        resource.content(),
                        ((Change.Written) changes.get(i + 1)).resource().content(),
                        "a part of a commit");
            }
        }
    }
}
