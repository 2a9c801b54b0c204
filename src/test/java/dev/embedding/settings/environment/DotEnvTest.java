package dev.embedding.settings.environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class DotEnvTest {

    /**
     * Reads files as python-dotenv 1.2.4 does, as {@code DotEnv(path, override=False).dict()}, less what has no value.
     */
    static Stream<Arguments> files() {
        return Stream.of(
                arguments("plain", "A=1\nB=two words\n", Map.of(), Map.of("A", "1", "B", "two words")),
                arguments("spaces around the sign", "A = 1\n  B  =  2  \n", Map.of(), Map.of("A", "1", "B", "2")),
                arguments(
                        "export",
                        "export A=1\n  export\tB=2\nexport=3\n",
                        Map.of(),
                        Map.of("A", "1", "B", "2", "export", "3")),
                arguments("export without a value", "export A\nB=1\n", Map.of(), Map.of("B", "1")),
                arguments(
                        "inline comment",
                        "EMBEDDING_DEVICE=cuda  # or 'cpu'\nB=x#y\n",
                        Map.of(),
                        Map.of("EMBEDDING_DEVICE", "cuda", "B", "x#y")),
                arguments(
                        "comment instead of a value",
                        "A= # comment\nB=#value\nC=#\n",
                        Map.of(),
                        Map.of("A", "", "B", "#value", "C", "#")),
                arguments("comment lines", "# A=1\n  # B=2\nC=3 #\n", Map.of(), Map.of("C", "3")),
                arguments(
                        "empty values", "A=\nB= \nC=''\nD=\"\"", Map.of(), Map.of("A", "", "B", "", "C", "", "D", "")),
                arguments("name without a value", "A\nB=1\n", Map.of(), Map.of("B", "1")),
                arguments(
                        "a name without a value takes an earlier one back",
                        "A=1\nA\nB=${A:-x}\n",
                        Map.of(),
                        Map.of("B", "")),
                arguments("last wins", "A=1\nA=2\n", Map.of(), Map.of("A", "2")),
                arguments(
                        "single quotes",
                        "A='x # y'\nB='a\\'b'\nC='a\\\\b'\nD='a\\nb'\n",
                        Map.of(),
                        Map.of("A", "x # y", "B", "a'b", "C", "a\\b", "D", "a\\nb")),
                arguments(
                        "double quotes",
                        "A=\"x # y\"\nB=\"a\\\"b\"\nC=\"a\\nb\\tc\"\nD=\"a\\\\nb\"\nE=\"\\x41\"\n",
                        Map.of(),
                        Map.of("A", "x # y", "B", "a\"b", "C", "a\nb\tc", "D", "a\\nb", "E", "\\x41")),
                arguments(
                        "no escapes outside quotes",
                        "A=a\\nb\nB=C:\\new\n",
                        Map.of(),
                        Map.of("A", "a\\nb", "B", "C:\\new")),
                arguments(
                        "several lines",
                        "A=\"one\ntwo\"\nB='three\nfour'\n",
                        Map.of(),
                        Map.of("A", "one\ntwo", "B", "three\nfour")),
                arguments(
                        "several lines of another system",
                        "A=\"one\r\ntwo\"\r\nB=1\r\nC=2\rD=3",
                        Map.of(),
                        Map.of("A", "one\ntwo", "B", "1", "C", "2", "D", "3")),
                arguments("comment behind quotes", "A=\"x\" # y\nB='x'#y\n", Map.of(), Map.of("A", "x", "B", "x")),
                arguments("text behind quotes", "A=\"x\" y\nB=1\n", Map.of(), Map.of("B", "1")),
                arguments("quote that does not end", "A=\"x\nB=1\n", Map.of(), Map.of("B", "1")),
                arguments("quote that only seems to end", "A='x\\'\nB=1\n", Map.of(), Map.of("B", "1")),
                arguments(
                        "quoted name", "'A'=1\n'B C'=2\n'D=3\nE=4\n", Map.of(), Map.of("A", "1", "B C", "2", "E", "4")),
                arguments("no name", "=1\nA=1\n", Map.of(), Map.of("A", "1")),
                arguments(
                        "variable of the file",
                        "A=1\nB=${A}2\nC='${B}'\nD=$A\n",
                        Map.of(),
                        Map.of("A", "1", "B", "12", "C", "12", "D", "$A")),
                arguments(
                        "variable of the environment wins",
                        "A=1\nB=${A}\n",
                        Map.of("A", "real"),
                        Map.of("A", "1", "B", "real")),
                arguments(
                        "default of a variable",
                        "A=${X:-y}\nB=${X:-}\nC=${X}\nD=${X-y}\nE=${X:-${Y}}\n",
                        Map.of(),
                        Map.of("A", "y", "B", "", "C", "", "D", "", "E", "${Y}")),
                arguments("default beside an empty variable", "A=${X:-y}\n", Map.of("X", ""), Map.of("A", "")),
                arguments("variable that comes later", "A=${B}\nB=1\n", Map.of(), Map.of("A", "", "B", "1")),
                arguments("variable that does not end", "A=${B\nB=1\n", Map.of(), Map.of("A", "${B", "B", "1")),
                arguments("sign in a value", "A=b=c\nB==\n", Map.of(), Map.of("A", "b=c", "B", "=")),
                arguments("byte order mark", "\uFEFFA=1\n", Map.of(), Map.of("A", "1")),
                arguments(
                        "blanks of other kinds",
                        "A=x\u00A0\u3000\nB=x\u2003# y\n\u00A0C=1\n\u001CD=2\n",
                        Map.of(),
                        Map.of("A", "x", "B", "x", "C", "1", "D", "2")),
                arguments(
                        "line separators that end no line",
                        "A=x\u2028y\u0085z\n# x\u2028B=1\n\u2028",
                        Map.of(),
                        Map.of("A", "x\u2028y\u0085z")),
                arguments("other letters", "A=é中😀\nÄ=1\n", Map.of(), Map.of("A", "é中😀", "Ä", "1")),
                arguments(
                        "names with signs",
                        "A.B=1\nC-D=2\n\"E\"=3\n",
                        Map.of(),
                        Map.of("A.B", "1", "C-D", "2", "\"E\"", "3")),
                arguments("lines that are no assignments", "A B=1\n???\nC=1\n", Map.of(), Map.of("C", "1")),
                arguments("nothing", "", Map.of(), Map.of()),
                arguments("blank lines", " \n\t\n\n", Map.of(), Map.of()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("files")
    void readsAsPythonDotenvDoes(
            String name, String file, Map<String, String> environment, Map<String, String> expected) {
        Map<String, String> values = DotEnv.parse(file, environment);

        assertThat(values).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "EMBEDDING_API_KEYS: secret",
                "EMBEDDING_API_KEYS",
                "export EMBEDDING_API_KEYS",
                "EMBEDDING_API_KEYS=\"secret",
                "EMBEDDING_API_KEYS='secret' more",
                "EMBEDDING_API_KEYS secret",
                "set EMBEDDING_API_KEYS=secret"
            })
    void rejectsALineThatAssignsNothingToAVariableOfTheService(String line) {
        assertThatThrownBy(() -> DotEnv.parse("A=1\n\n" + line + "\nB=1\n", Map.of()))
                .isInstanceOf(InvalidEnvironmentException.class)
                .hasMessage("EMBEDDING_API_KEYS must have a value that can be read in line 3 of .env");
    }

    @Test
    void skipsCommentsThatNameAVariableOfTheService() {
        assertThat(DotEnv.parse("# EMBEDDING_API_KEYS: none\n  # CORS_ORIGINS\nA=1 # EMBEDDING_PORT\n", Map.of()))
                .isEqualTo(Map.of("A", "1"));
    }

    @Test
    void readsAValueOfAMegabyte() {
        String value = "x\\\"y\n".repeat(200_000);

        Map<String, String> values = DotEnv.parse("A=\"" + value + "\"\nB=1", Map.of());

        assertThat(values).containsEntry("A", value.replace("\\\"", "\"")).containsEntry("B", "1");
    }

    @Test
    void terminatesForAnyFile() {
        String[] parts = {
            "A", "B=", "=", "'", "\"", "\\", "#", " ", "\n", "\r", "export ", "${", "}", ":-", "\u2028", "\u0085", "\0",
            "\u00A0"
        };
        for (int seed = 0; seed < 5_000; seed++) {
            Random random = new Random(seed);
            StringBuilder file = new StringBuilder();
            for (int count = random.nextInt(20); count > 0; count--) {
                file.append(parts[random.nextInt(parts.length)]);
            }

            Map<String, String> values = DotEnv.parse(file.toString(), Map.of());

            assertThat(values.keySet()).as("seed %d", seed).doesNotContain("");
        }
    }
}
