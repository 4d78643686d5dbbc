package dev.andiron.tck;

import dev.andiron.spi.Capabilities;
import dev.andiron.spi.search.SearchFeature;
import dev.andiron.tck.PromiseResult.Outcome;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.DynamicTestInvocationContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.opentest4j.TestAbortedException;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TimeZone;

/**
 * Runs the tests of the kit: in surroundings as hostile as a real server's (no context class
 * loader, an odd time zone, a locale with an odd lower case), only for what the backend declares,
 * and with messages that name the promise and the seed.
 */
final class PromiseExtension
        implements InvocationInterceptor, BeforeEachCallback, AfterEachCallback {
    private static final ExtensionContext.Namespace NAMESPACE =
            ExtensionContext.Namespace.create(PromiseExtension.class);

    private record Surroundings(ClassLoader loader, TimeZone zone, Locale locale) {}

    @Override
    public void beforeEach(ExtensionContext context) {
        Thread thread = Thread.currentThread();
        var usual =
                new Surroundings(
                        thread.getContextClassLoader(), TimeZone.getDefault(), Locale.getDefault());
        context.getStore(NAMESPACE).put(Surroundings.class, usual);
        thread.setContextClassLoader(null);
        TimeZone.setDefault(TimeZone.getTimeZone("Pacific/Chatham"));
        Locale.setDefault(Locale.forLanguageTag("tr-TR-u-nu-arab"));
    }

    @Override
    public void afterEach(ExtensionContext context) {
        Surroundings usual =
                context.getStore(NAMESPACE).get(Surroundings.class, Surroundings.class);
        Thread.currentThread().setContextClassLoader(usual.loader());
        TimeZone.setDefault(usual.zone());
        Locale.setDefault(usual.locale());
    }

    @Override
    public void interceptTestMethod(
            Invocation<Void> invocation,
            ReflectiveInvocationContext<Method> method,
            ExtensionContext context)
            throws Throwable {
        prove(invocation, context);
    }

    @Override
    public <T> T interceptTestFactoryMethod(
            Invocation<T> invocation,
            ReflectiveInvocationContext<Method> method,
            ExtensionContext context)
            throws Throwable {
        return prove(invocation, context);
    }

    @Override
    public void interceptDynamicTest(
            Invocation<Void> invocation,
            DynamicTestInvocationContext dynamicTest,
            ExtensionContext context)
            throws Throwable {
        prove(invocation, context);
    }

    private static <T> T prove(Invocation<T> invocation, ExtensionContext context)
            throws Throwable {
        ExtensionContext around = methodContext(context);
        Method method = around.getRequiredTestMethod();
        BackendContract contract =
                around.getRequiredTestInstances().findInstance(BackendContract.class).orElseThrow();
        List<String> missing = new ArrayList<>();
        try {
            missing.addAll(missing(method.getAnnotation(Needs.class), contract));
            missing.addAll(
                    missing(method.getDeclaringClass().getAnnotation(Needs.class), contract));
            if (missing.isEmpty()) {
                T result = invocation.proceed();
                report(contract, method, Outcome.PASSED, "");
                return result;
            }
        } catch (TestAbortedException aborted) {
            report(contract, method, Outcome.NOT_APPLICABLE, String.valueOf(aborted.getMessage()));
            throw aborted;
        } catch (Exception | AssertionError failure) {
            if (method.getName().startsWith("optional_")) {
                report(contract, method, Outcome.NOT_KEPT, String.valueOf(failure));
                return Assumptions.abort("recommended, and not kept: " + message(method, failure));
            }
            report(contract, method, Outcome.FAILED, String.valueOf(failure));
            throw new AssertionError(message(method, failure), failure);
        } catch (Error failure) {
            report(contract, method, Outcome.FAILED, String.valueOf(failure));
            throw failure;
        }
        invocation.skip();
        String absent = "not declared, and really absent: " + missing;
        report(contract, method, Outcome.NOT_APPLICABLE, absent);
        return Assumptions.abort(absent);
    }

    private static void report(
            BackendContract contract, Method method, Outcome outcome, String reason) {
        Promise promise = method.getAnnotation(Promise.class);
        contract.report()
                .add(
                        new PromiseResult(
                                method.getName(),
                                promise == null ? method.getName() : promise.value(),
                                capability(method),
                                outcome,
                                reason));
    }

    /** What a promise belongs to: the most special capability that its test needs. */
    private static String capability(Method method) {
        String capability = "provider";
        for (Needs needs :
                new Needs[] {
                    method.getDeclaringClass().getAnnotation(Needs.class),
                    method.getAnnotation(Needs.class)
                }) {
            if (needs == null) {
                continue;
            }
            for (Facet facet : needs.value()) {
                if (facet != Facet.STORE || capability.equals("provider")) {
                    capability = facet.name();
                }
            }
            if (needs.search().length > 0) {
                capability = Facet.SEARCH.name();
            }
        }
        return capability.toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    /** What is needed and not declared; checks that the backend really lacks it. */
    private static List<String> missing(Needs needs, BackendContract contract) {
        var missing = new ArrayList<String>();
        if (needs != null) {
            Capabilities capabilities = contract.capabilities();
            for (Facet facet : needs.value()) {
                if (!facet.declared(capabilities)) {
                    facet.assertAbsent(contract.backend());
                    missing.add(facet.name());
                }
            }
            for (SearchFeature feature : needs.search()) {
                if (!capabilities.search().contains(feature)) {
                    missing.add(feature.name());
                }
            }
        }
        return missing;
    }

    private static String message(Method method, Throwable failure) {
        Promise promise = method.getAnnotation(Promise.class);
        return method.getName()
                + " broke the promise \""
                + (promise == null ? method.getName() : promise.value())
                + "\": "
                + failure
                + " (repeat with -D"
                + BackendContract.SEED_PROPERTY
                + "="
                + BackendContract.seed()
                + ")";
    }

    /** The context of the test method around a test, which for a dynamic test is further out. */
    private static ExtensionContext methodContext(ExtensionContext context) {
        Optional<ExtensionContext> current = Optional.of(context);
        while (current.isPresent() && current.get().getTestMethod().isEmpty()) {
            current = current.get().getParent();
        }
        return current.orElseThrow();
    }
}
