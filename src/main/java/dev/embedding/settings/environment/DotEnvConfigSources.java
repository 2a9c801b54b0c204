package dev.embedding.settings.environment;

import io.smallrye.config.EnvConfigSource;
import java.util.List;
import org.eclipse.microprofile.config.spi.ConfigSource;
import org.eclipse.microprofile.config.spi.ConfigSourceProvider;

/**
 * Provides the variables of {@code .env} to Quarkus, read by {@link DotEnv}: Quarkus' own reader treats inline comments
 * as part of the value.
 */
public final class DotEnvConfigSources implements ConfigSourceProvider {

    /** Above Quarkus' own {@code .env} (295), below the real environment (300). */
    private static final int ORDINAL = 296;

    @Override
    public Iterable<ConfigSource> getConfigSources(ClassLoader loader) {
        return List.of(new EnvConfigSource(Environment.ofProcess().variables(), ORDINAL));
    }
}
