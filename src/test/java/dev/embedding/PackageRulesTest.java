package dev.embedding;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rules of which package may use which; CONTRIBUTING.md has the same table with the contents of each. */
class PackageRulesTest {

    private static final String ROOT = "dev.embedding";

    /** Helpers that know nothing of the domain: every package may use them. */
    private static final String SUPPORT = "support";

    /** Wires the parts together: may use every package, and none may use it. */
    private static final String APP = "app";

    /**
     * Packages, and those that each may use besides itself, its own subpackages where it has no row for them, and the
     * support. A name stands for its subpackages too, except for those that have rows of their own.
     */
    private static final Map<String, List<String>> MAY_USE = Map.ofEntries(
            Map.entry(
                    "http",
                    List.of(
                            "http.embed",
                            "http.openai",
                            "http.operations",
                            "http.exchange",
                            "http.edge",
                            "http.access",
                            "serving")),
            Map.entry("http.embed", List.of("http.exchange", "http.edge", "serving", "serving.model")),
            Map.entry("http.openai", List.of("http.exchange", "http.edge", "serving", "serving.model")),
            Map.entry(
                    "http.operations",
                    List.of(
                            "http.exchange",
                            "http.edge",
                            "http.access",
                            "serving",
                            "serving.model",
                            "model",
                            "settings",
                            "reload",
                            "telemetry")),
            Map.entry("http.exchange", List.of("http.edge", "http.access", "serving", "serving.model")),
            Map.entry("http.edge", List.of("http.access", "serving", "serving.model", "support.config")),
            Map.entry("http.access", List.of("serving", "support.config")),
            Map.entry("serving", List.of("serving.model", "tokenize", "batch", "model", "telemetry")),
            Map.entry("serving.model", List.of("tokenize", "batch", "infer", "vector", "model", "model.file")),
            Map.entry("tokenize", List.of()),
            Map.entry("batch", List.of()),
            Map.entry("infer", List.of("model.file", "vector")),
            Map.entry("vector", List.of()),
            Map.entry("model", List.of("model.file", "model.hub", "vector")),
            Map.entry("model.file", List.of()),
            Map.entry("model.hub", List.of()),
            Map.entry("settings", List.of()),
            Map.entry("settings.store", List.of("settings", "support.config")),
            Map.entry(
                    "reload",
                    List.of("settings", "serving", "serving.model", "model", "model.hub", "vector", "support.config")),
            Map.entry("telemetry", List.of()),
            Map.entry("support.config", List.of()),
            Map.entry(SUPPORT, List.of()));

    /** Made by constructors only; the others may use Quarkus and its injection. */
    private static final Set<String> PLAIN = Set.of(
            "serving",
            "serving.model",
            "tokenize",
            "batch",
            "infer",
            "vector",
            "model",
            "model.file",
            "model.hub",
            SUPPORT);

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(ROOT);

    static Stream<String> packages() {
        return MAY_USE.keySet().stream();
    }

    static Stream<String> plainPackages() {
        return PLAIN.stream();
    }

    @ParameterizedTest
    @MethodSource("packages")
    void usesOnlyThePackagesThatItMay(String name) {
        List<String> allowed = MAY_USE.getOrDefault(name, List.of());

        noClasses()
                .that(areIn(name))
                .should()
                .dependOnClassesThat(new DescribedPredicate<>("are in a package that " + name + " may not use") {
                    @Override
                    public boolean test(JavaClass type) {
                        String owner = rowOf(type);
                        return !owner.isEmpty()
                                && !owner.equals(name)
                                && !owner.equals(SUPPORT)
                                && !allowed.contains(owner);
                    }
                })
                .check(CLASSES);
    }

    @Test
    void hasARowForEveryPackage() {
        assertThat(CLASSES.stream()
                        .filter(type -> rowOf(type).isEmpty())
                        .map(JavaClass::getPackageName)
                        .distinct())
                .isEmpty();
    }

    @Test
    void hasNoCyclesNotEvenBetweenSubpackages() {
        SlicesRuleDefinition.slices()
                .assignedFrom(new SliceAssignment() {
                    @Override
                    public SliceIdentifier getIdentifierOf(JavaClass type) {
                        return type.getPackageName().startsWith(ROOT)
                                ? SliceIdentifier.of(type.getPackageName())
                                : SliceIdentifier.ignore();
                    }

                    @Override
                    public String getDescription() {
                        return "packages";
                    }
                })
                .should()
                .beFreeOfCycles()
                .check(CLASSES);
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
    @ValueSource(strings = {"jakarta.persistence..", "io.quarkus.hibernate..", "io.vertx.mutiny.mysqlclient.."})
    void keepsTheDatabaseInTheStoreOfSettings(String library) {
        onlyIn(library, "settings.store");
    }

    @ParameterizedTest
    @MethodSource("plainPackages")
    void isPlainJavaMadeByConstructors(String name) {
        noClasses()
                .that(areIn(name))
                .should()
                .dependOnClassesThat(resideInAnyPackage(
                        "jakarta.inject..", "jakarta.enterprise..", "io.quarkus..", "io.smallrye.config.."))
                .check(CLASSES);
    }

    @Test
    void describesEveryPackageAndMarksItForNulls() {
        classes()
                .that()
                .haveSimpleName("package-info")
                .should()
                .beAnnotatedWith(NullMarked.class)
                .check(CLASSES);
        Set<String> described = CLASSES.stream()
                .filter(type -> type.getSimpleName().equals("package-info"))
                .map(JavaClass::getPackageName)
                .collect(Collectors.toSet());

        assertThat(described)
                .containsAll(CLASSES.stream()
                        .map(JavaClass::getPackageName)
                        .distinct()
                        .toList());
    }

    private static DescribedPredicate<JavaClass> areIn(String row) {
        return new DescribedPredicate<>("are in " + row) {
            @Override
            public boolean test(JavaClass type) {
                return rowOf(type).equals(row);
            }
        };
    }

    /** The row of the table that a class belongs to: that of its package, or of the nearest package above. */
    private static String rowOf(JavaClass type) {
        if (!type.getPackageName().startsWith(ROOT + ".")) {
            return "";
        }
        String[] parts = type.getPackageName().substring(ROOT.length() + 1).split("\\.");
        for (int length = parts.length; length > 0; length--) {
            String name = String.join(".", Arrays.copyOf(parts, length));
            if (MAY_USE.containsKey(name) || name.equals(APP)) {
                return name;
            }
        }
        return "";
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
