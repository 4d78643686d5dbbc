package dev.andiron.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The rules that the kit's own tests follow. */
class HouseRulesTest {

    @Test
    void everyTestIsNamedByStrengthAndIdAndSaysItsPromise() {
        Set<String> ids = new HashSet<>();
        for (Method test : tests()) {
            String name = test.getName();
            assertTrue(
                    name.matches("(required|optional)_[A-Z]{2}[0-9]{2}_[a-z][A-Za-z]+"),
                    () -> name + " is not named by its strength and id");
            assertTrue(ids.add(name.split("_", 3)[1]), () -> name + " has the id of another");
            Promise promise = test.getAnnotation(Promise.class);
            assertNotNull(promise, () -> name + " does not say its promise");
            assertTrue(
                    !promise.value().endsWith("."), () -> "the promise of " + name + " has an end");
            assertTrue(
                    Modifier.isFinal(test.getModifiers()),
                    () -> name + " could be overridden by a backend's author");
        }
        assertTrue(ids.size() > 90, () -> "only " + ids.size() + " promises are left");
    }

    @Test
    void everyContractOfAnIdPrefixIsOne() {
        for (Class<?> contract : contracts()) {
            Set<String> prefixes = new HashSet<>();
            for (Method test : tests(contract)) {
                prefixes.add(test.getName().split("_", 3)[1].substring(0, 2));
            }
            assertEquals(1, prefixes.size(), () -> contract + " has the prefixes " + prefixes);
        }
    }

    private static List<Class<?>> contracts() {
        List<Class<?>> contracts = new ArrayList<>();
        for (Class<?> nested : BackendContract.class.getDeclaredClasses()) {
            if (nested.isAnnotationPresent(Nested.class)) {
                contracts.add(nested.getSuperclass());
            }
        }
        return contracts;
    }

    private static List<Method> tests() {
        return contracts().stream().flatMap(contract -> tests(contract).stream()).toList();
    }

    private static List<Method> tests(Class<?> contract) {
        List<Method> tests = new ArrayList<>();
        for (Method method : contract.getDeclaredMethods()) {
            if (method.isAnnotationPresent(Test.class)
                    || method.isAnnotationPresent(TestFactory.class)) {
                tests.add(method);
            }
        }
        return tests;
    }
}
