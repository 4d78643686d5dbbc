package dev.andiron.tck;

import dev.andiron.spi.search.SearchFeature;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The capabilities that a promise is about. A test whose capability is not declared does not run;
 * instead it is checked that the backend really lacks it, and the test is reported as aborted with
 * that reason.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.TYPE})
@interface Needs {
    Facet[] value() default {};

    SearchFeature[] search() default {};
}
