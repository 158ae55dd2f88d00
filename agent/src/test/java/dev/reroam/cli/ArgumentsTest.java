package dev.reroam.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ArgumentsTest {

    @Test
    void understandsOptionsInEitherSpellingAndAnyOrder() {
        var expected =
                new Arguments.Invocation(Command.EXPLAIN, Optional.of("wg0/Ab"), Map.of(Option.SOCKET, "/run/a=b"));
        assertEquals(expected, parse("explain wg0/Ab --socket /run/a=b"));
        assertEquals(expected, parse("explain --socket=/run/a=b wg0/Ab"));
        assertEquals(
                new Arguments.Invocation(
                        Command.RUN,
                        Optional.empty(),
                        Map.of(Option.CONFIG, "f", Option.STATE, "s", Option.SOCKET, "k", Option.LOG, "debug")),
                parse("run --config f --state s --socket k --log debug"));
        assertEquals(
                new Arguments.Invocation(Command.STATUS, Optional.empty(), Map.of(Option.JSON, "")),
                parse("status --json"));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "\"\"                      | no command",
                "stauts                    | unknown command 'stauts', did you mean 'status'?",
                "frobnicate                | unknown command 'frobnicate'",
                "--json                    | unknown option '--json'",
                "run --confg x             | 'run' has no option '--confg', did you mean '--config'?",
                "run --json                | 'run' has no option '--json'",
                "status -j                 | 'status' has no option '-j'",
                "run --config              | '--config' needs a value",
                "status --json=yes         | '--json' takes no value",
                "run --state a --state b   | '--state' is there twice",
                "status wg0                | 'status' takes no 'wg0'",
                "explain wg0 wg1           | 'explain' takes no 'wg1'",
                "replay                    | 'replay' needs to know what",
                "demo                      | 'demo' belongs to the launcher of a checkout of the sources: ./reroam demo",
                "test --all                | 'test' belongs to the launcher of a checkout of the sources: ./reroam test",
                "bench                     | 'bench' belongs to the launcher of a checkout of the sources: ./reroam bench",
            })
    void saysWhatIsWrongAndWhatWouldBeRight(String line, String message) {
        var wrong = assertInstanceOf(Arguments.Wrong.class, parse(line));
        assertEquals(message, wrong.message());
        assertTrue(wrong.usage().startsWith("usage: reroam "), wrong.usage());
        assertEquals(1, wrong.usage().lines().count());
    }

    @Test
    void helpsWhereverItIsAsked() {
        assertEquals(new Arguments.Help(Optional.empty()), parse("--help"));
        assertEquals(new Arguments.Help(Optional.of(Command.RUN)), parse("run --help"));
        assertEquals(new Arguments.Help(Optional.of(Command.REPLAY)), parse("replay -h"));
        assertEquals(new Arguments.Version(), parse("--version"));
        for (Command command : Command.values()) {
            assertTrue(Command.help().contains(command.usage()), command.word());
        }
    }

    private static Arguments parse(String line) {
        List<String> words =
                Arrays.stream(line.split(" ")).filter(w -> !w.isEmpty()).toList();
        return Arguments.parse(words);
    }
}
