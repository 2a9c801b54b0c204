package dev.embedding.app;

import dev.embedding.http.access.AccessConfig;
import dev.embedding.http.edge.EdgeConfig;
import dev.embedding.reload.ReloadConfig;
import dev.embedding.settings.InvalidSettingException;
import dev.embedding.settings.environment.Environment;
import dev.embedding.settings.store.StoreConfig;
import dev.embedding.support.config.FileName;
import dev.embedding.support.config.RuledVariable;
import dev.embedding.support.config.UnfitSecretException;
import java.nio.file.InvalidPathException;
import java.util.List;

/** Environment variables that are fixed for the life of the process: the members of Quarkus' configuration mappings. */
final class ProcessVariables {

    static final List<Class<?>> MAPPINGS = List.of(
            AccessConfig.class,
            CacheConfig.class,
            EdgeConfig.class,
            EngineConfig.class,
            QueueConfig.class,
            ReloadConfig.class,
            ShutdownConfig.class,
            StoreConfig.class);

    private ProcessVariables() {}

    /** A line for each variable whose value its converter does not accept, by name. */
    static List<String> faults(Environment environment) {
        return RuledVariable.of(MAPPINGS).stream()
                .flatMap(variable -> environment.value(variable.name()).stream()
                        .filter(text -> !isAccepted(variable, text))
                        .map(text -> fault(variable, text)))
                .toList();
    }

    private static boolean isAccepted(RuledVariable variable, String text) {
        try {
            Object unused = variable.converter().convert(text);
            return true;
        } catch (InvalidPathException inexpressible) {
            // EnvironmentSettings says that the locale is the cause.
            return variable.converter() instanceof FileName;
        } catch (IllegalArgumentException | UnfitSecretException unfit) {
            return false;
        }
    }

    private static String fault(RuledVariable variable, String text) {
        String rule = "must be " + variable.rule().value();
        InvalidSettingException fault =
                variable.rule().secret() ? new InvalidSettingException(rule) : new InvalidSettingException(rule, text);
        return variable.name() + " " + fault.getMessage();
    }
}
