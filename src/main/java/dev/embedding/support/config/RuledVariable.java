package dev.embedding.support.config;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithConverter;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.eclipse.microprofile.config.spi.Converter;

/**
 * Member of a {@code @ConfigMapping} that has a {@link Rule}, as an environment variable.
 *
 * @param name of the variable
 * @param rule of its values
 * @param converter the one that Quarkus uses too
 */
public record RuledVariable(String name, Rule rule, Converter<?> converter) {

    /** The variables of some mappings, by name. */
    public static List<RuledVariable> of(Collection<Class<?>> mappings) {
        return mappings.stream()
                .flatMap(mapping -> Arrays.stream(mapping.getMethods())
                        .filter(member -> member.isAnnotationPresent(Rule.class))
                        .map(member -> of(mapping, member)))
                .sorted(Comparator.comparing(RuledVariable::name))
                .toList();
    }

    /** @throws IllegalStateException when the member's converter cannot be made */
    private static RuledVariable of(Class<?> mapping, Method member) {
        ConfigMapping root = Objects.requireNonNull(mapping.getAnnotation(ConfigMapping.class));
        String property = String.join(".", root.prefix(), root.namingStrategy().apply(member.getName()));
        try {
            return new RuledVariable(
                    property.replace('.', '_').replace('-', '_').toUpperCase(Locale.ROOT),
                    Objects.requireNonNull(member.getAnnotation(Rule.class)),
                    Objects.requireNonNull(member.getAnnotation(WithConverter.class))
                            .value()
                            .getConstructor()
                            .newInstance());
        } catch (ReflectiveOperationException unusable) {
            throw new IllegalStateException("The converter of " + property + " cannot be made", unusable);
        }
    }
}
