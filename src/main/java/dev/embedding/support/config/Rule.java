package dev.embedding.support.config;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Sentence for operators about the values that a member of a {@code @ConfigMapping} accepts. The member's
 * {@code @WithConverter} holds values to it.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Rule {

    /** What goes on after "must be", as {@code a size as 32M}. */
    String value();

    /** Whether no message may show the value. */
    boolean secret() default false;
}
