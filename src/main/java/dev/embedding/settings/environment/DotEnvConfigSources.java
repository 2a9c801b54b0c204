package dev.embedding.settings.environment;

import io.smallrye.config.EnvConfigSource;
import java.util.List;
import org.eclipse.microprofile.config.spi.ConfigSource;
import org.eclipse.microprofile.config.spi.ConfigSourceProvider;

/**
 * Makes the variables of {@code .env} Quarkus configuration too, read by our rules: Quarkus' own reader takes inline
 * comments for part of the value.
 */
public final class DotEnvConfigSources implements ConfigSourceProvider {

    /** Above Quarkus' own {@code .env} (295), below the real environment (300). */
    private static final int ORDINAL = 296;

    @Override
    public Iterable<ConfigSource> getConfigSources(ClassLoader loader) {
        return List.of(new EnvConfigSource(Environment.ofProcess().variables(), ORDINAL));
    }
}
