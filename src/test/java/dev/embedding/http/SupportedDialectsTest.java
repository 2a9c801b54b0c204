package dev.embedding.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.embedding.http.edge.dialect.Dialect;
import dev.embedding.http.edge.dialect.ErrorFormat;
import dev.embedding.http.edge.dialect.Route;
import dev.embedding.http.edge.dialect.Route.Purpose;
import dev.embedding.http.edge.dialect.ServiceErrors;
import dev.embedding.http.openai.OpenAiRoutes;
import dev.embedding.serving.FailureKind;
import dev.embedding.serving.RequestFailure;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.Path;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class SupportedDialectsTest {

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.embedding.http");

    @Test
    void hasARouteForEveryMethodOfAResourceAndNoOther() {
        Set<String> routes = SupportedDialects.DIALECTS.stream()
                .map(Dialect::routes)
                .flatMap(list -> list.stream())
                .filter(route -> route.purpose() != Purpose.FRAMEWORK && route.purpose() != Purpose.FRAMEWORK_PAGE)
                .map(SupportedDialectsTest::signature)
                .collect(Collectors.toSet());

        Set<String> methods = CLASSES.stream()
                .filter(type -> type.isAnnotatedWith(Path.class))
                .flatMap(type -> Arrays.stream(type.reflect().getDeclaredMethods()))
                .flatMap(SupportedDialectsTest::signatures)
                .collect(Collectors.toSet());

        assertThat(routes).isNotEmpty().isEqualTo(methods);
    }

    private static String signature(Route route) {
        return route.method() + " " + route.path();
    }

    private static Stream<String> signatures(Method method) {
        Path ofType = method.getDeclaringClass().getAnnotation(Path.class);
        Path ofMethod = method.getAnnotation(Path.class);
        String path = ofMethod == null ? ofType.value() : ofMethod.value();
        return Arrays.stream(method.getAnnotations())
                .map(Annotation::annotationType)
                .filter(type -> type.isAnnotationPresent(HttpMethod.class))
                .map(type -> type.getAnnotation(HttpMethod.class).value() + " " + path);
    }

    @ParameterizedTest
    @EnumSource(FailureKind.class)
    void answersEveryKindOfFailureWithAnErrorStatus(FailureKind kind) {
        RequestFailure failure = RequestFailure.of(kind, "what happened");

        for (ErrorFormat format : Set.of(ServiceErrors.FORMAT, OpenAiRoutes.DIALECT.errors())) {
            assertThat(format.status(kind)).isBetween(400, 599);
            assertThat(format.body(failure, "id").toString()).contains("what happened");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "INVALID_REQUEST, 422, 400",
        "TOO_LONG, 422, 400",
        "UNKNOWN_MODEL, 404, 404",
        "BODY_TOO_LARGE, 413, 413",
        "UNAUTHENTICATED, 401, 401",
        "SPACE_MISMATCH, 412, 412",
        "SATURATED, 429, 429",
        "DEADLINE_EXCEEDED, 504, 504",
        "NO_MODEL, 503, 503",
        "COMPUTATION_FAILED, 500, 500"
    })
    void mapsKindsToTheStatusesOfTheContract(FailureKind kind, int ofTheService, int ofOpenAi) {
        assertThat(ServiceErrors.FORMAT.status(kind)).isEqualTo(ofTheService);
        assertThat(OpenAiRoutes.DIALECT.errors().status(kind)).isEqualTo(ofOpenAi);
    }
}
