package dev.embedding;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SliceRule;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may use whom; CONTRIBUTING.md has the table with what lives where. */
class PackageRulesTest {

    private static final String ROOT = "dev.embedding";

    /** Everybody may use it. */
    private static final String SUPPORT = "support";

    /** Each package, and the packages of ours that it may use besides itself and the support. */
    private static final Map<String, List<String>> MAY_USE = Map.of(
            "http", List.of("serving", "model", "settings", "reload", "telemetry"),
            "serving", List.of("tokenize", "batch", "infer", "pool", "model"),
            "tokenize", List.of(),
            "batch", List.of(),
            "infer", List.of(),
            "pool", List.of(),
            "model", List.of(),
            "settings", List.of(),
            "reload", List.of("settings", "serving", "model"),
            "telemetry", List.of("serving", "settings", "reload"));

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(ROOT);

    static Stream<String> packages() {
        return MAY_USE.keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("packages")
    void usesOnlyThePackagesThatItMay(String name) {
        List<String> forbidden = new ArrayList<>();
        for (String other : MAY_USE.keySet()) {
            if (!other.equals(name) && !MAY_USE.getOrDefault(name, List.of()).contains(other)) {
                forbidden.add(ROOT + "." + other + "..");
            }
        }

        noClasses()
                .that()
                .resideInAPackage(ROOT + "." + name + "..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(forbidden.toArray(String[]::new))
                .check(CLASSES);
    }

    /** Parts of a package that could stand alone: they use nothing else of ours. */
    @ParameterizedTest
    @ValueSource(strings = {"model.hub", SUPPORT})
    void usesNothingElseOfOurs(String name) {
        noClasses()
                .that()
                .resideInAPackage(ROOT + "." + name + "..")
                .should()
                .dependOnClassesThat(
                        resideInAPackage(ROOT + "..").and(resideOutsideOfPackage(ROOT + "." + name + "..")))
                .check(CLASSES);
    }

    /** What the parts of {@code http} may use of it besides themselves; a dialect, only what all have in common. */
    @ParameterizedTest
    @CsvSource({"openai, edge, exchange", "exchange, edge, access", "edge, access, access", "access, access, access"})
    void usesOnlyThePartsOfHttpThatItMay(String name, String first, String second) {
        String http = ROOT + ".http";

        noClasses()
                .that()
                .resideInAPackage(http + "." + name + "..")
                .should()
                .dependOnClassesThat(resideInAPackage(http + "..")
                        .and(resideOutsideOfPackages(
                                http + "." + name + "..", http + "." + first + "..", http + "." + second + "..")))
                .check(CLASSES);
    }

    @Test
    void knowsEveryPackage() {
        List<String> unknown = CLASSES.stream()
                .map(JavaClass::getPackageName)
                .filter(name -> !name.equals(ROOT))
                .map(name -> name.substring(ROOT.length() + 1).split("\\.")[0])
                .filter(name -> !MAY_USE.containsKey(name) && !name.equals(SUPPORT))
                .distinct()
                .toList();

        assertThat(unknown).isEmpty();
    }

    @Test
    void hasNoCircles() {
        SliceRule rule =
                SlicesRuleDefinition.slices().matching(ROOT + ".(*)..").should().beFreeOfCycles();

        rule.check(CLASSES);
    }

    @Test
    void keepsJaxRsInHttp() {
        onlyIn("jakarta.ws.rs..", "http");
    }

    @Test
    void keepsTheTokenizerLibraryInTokenize() {
        onlyIn("ai.djl..", "tokenize");
    }

    @Test
    void keepsOnnxRuntimeInInfer() {
        onlyIn("ai.onnxruntime..", "infer");
    }

    @ParameterizedTest
    @ValueSource(strings = {"serving", "tokenize", "batch", "infer", "pool", "model", SUPPORT})
    void isPlainJavaMadeByConstructors(String name) {
        noClasses()
                .that()
                .resideInAPackage(ROOT + "." + name + "..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "jakarta.inject..", "jakarta.enterprise..", "io.quarkus.arc..", "io.quarkus.runtime")
                .check(CLASSES);
    }

    @Test
    void saysWhatEachPackageIsAndMarksItForNulls() {
        classes()
                .that()
                .haveSimpleName("package-info")
                .should()
                .beAnnotatedWith(NullMarked.class)
                .check(CLASSES);
        List<String> described = CLASSES.stream()
                .filter(type -> type.getSimpleName().equals("package-info"))
                .map(JavaClass::getPackageName)
                .toList();

        assertThat(described)
                .containsAll(CLASSES.stream()
                        .map(JavaClass::getPackageName)
                        .distinct()
                        .toList());
    }

    private static void onlyIn(String library, String name) {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + "." + name + "..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(library)
                .check(CLASSES);
    }
}
