package dev.andiron.tck.liar;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import dev.andiron.tck.BackendContract;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.platform.engine.FilterResult;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.PostDiscoveryFilter;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** Every lie is caught, by the test whose promise it breaks. */
class LiarsTest {

    @TestFactory
    Stream<DynamicTest> everyLieIsCaught() {
        return Arrays.stream(Lie.values())
                .map(
                        lie ->
                                DynamicTest.dynamicTest(
                                        lie + " is caught by " + lie.caughtBy,
                                        () -> {
                                            LiarContract.lie = lie;
                                            assertCaught(LiarContract.class, lie.caughtBy);
                                        }));
    }

    @Test
    void whatIsWrittenTooLateIsLostInACrash() {
        assertCaught(LateContract.class, "DU04");
    }

    @Test
    void facetsThatAreDeclaredButMissingAreCaught() {
        assertCaught(BoasterContract.class, "BP05");
    }

    @Test
    void facetsThatAreThereButNotDeclaredAreCaught() {
        assertCaught(ModestContract.class, "BP05");
        assertCaught(ModestContract.class, "CF01");
        assertCaught(ModestContract.class, "HI03");
    }

    private static void assertCaught(Class<? extends BackendContract> contract, String id) {
        List<String> failures = failures(contract, id);
        assertFalse(failures.isEmpty(), () -> id + " was passed");
        for (String failure : failures) {
            assertTrue(
                    failure.contains("_" + id + "_") && failure.contains("broke the promise"),
                    () -> "the message does not name the promise: " + failure);
        }
    }

    /** The messages of the failures of one promise's tests. */
    private static List<String> failures(Class<?> contract, String id) {
        PostDiscoveryFilter ofThePromise =
                test ->
                        FilterResult.includedIf(
                                test.getSource()
                                        .filter(MethodSource.class::isInstance)
                                        .map(MethodSource.class::cast)
                                        .map(MethodSource::getMethodName)
                                        .map(name -> name.contains("_" + id + "_"))
                                        .orElse(true));
        LauncherDiscoveryRequest request =
                LauncherDiscoveryRequestBuilder.request()
                        .selectors(selectClass(contract))
                        .filters(ofThePromise)
                        .build();
        List<String> failures = new ArrayList<>();
        List<String> executed = new ArrayList<>();
        LauncherFactory.create()
                .execute(
                        request,
                        new TestExecutionListener() {
                            @Override
                            public void executionFinished(
                                    TestIdentifier test, TestExecutionResult result) {
                                executed.add(test.getDisplayName());
                                if (result.getStatus() == TestExecutionResult.Status.FAILED) {
                                    failures.add(String.valueOf(result.getThrowable()));
                                }
                            }
                        });
        assertTrue(executed.size() > 1, () -> "no test of " + id + " was run");
        return failures;
    }
}
