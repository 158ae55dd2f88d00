package dev.reroam.steer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.network.OwnNumbers;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The guardian's text has the numbers that the agent has. */
class GuardianNumbersTest {

    private static final int[] TABLES =
            IntStream.rangeClosed(OwnNumbers.FIRST_TABLE, OwnNumbers.LAST_TABLE).toArray();

    @Test
    void protocolAndTables() throws Exception {
        String script = GuardianProgram.script();
        assertTrue(script.contains("\" proto " + OwnNumbers.PROTOCOL.number() + " \""));
        String uplinks =
                IntStream.of(TABLES).skip(1).mapToObj(Integer::toString).collect(Collectors.joining(" "));
        assertTrue(script.contains("for table in " + uplinks + ";"), script);
    }

    @Test
    void takesBackWhatKeepsLocalWaysWhereItKnowsWhoseItIs() throws Exception {
        var rule = Owned.OwnRule.localWays(Ways.MARKED, 700).rule();
        assertTrue(OwnNumbers.own(rule));
        assertFalse(OwnNumbers.own(rule.at(800)));
        assertTrue(GuardianProgram.script().contains("lookup main suppress_prefixlength 0"));
    }

    /** The patterns of its {@code ours} as Java reads them. */
    @Test
    void preferencesAndTablesOfItsPatterns() throws Exception {
        var patterns = Pattern.compile("(\\S+):\\*\" lookup ([0-9\\]\\[\"-]+) \"\\*")
                .matcher(GuardianProgram.script())
                .results()
                .map(match -> match.group(1) + ":" + match.group(2).replace("\"", ""))
                .collect(Collectors.joining("|"));
        assertEquals(2, patterns.split("\\|", -1).length, patterns);
        for (int preference : new int[] {0, 69, 699, 700, 799, 800, 7000}) {
            for (int table = OwnNumbers.FIRST_TABLE - 20; table < OwnNumbers.LAST_TABLE + 20; table++) {
                boolean own = OwnNumbers.FIRST_PREFERENCE <= preference
                        && preference <= OwnNumbers.LAST_PREFERENCE
                        && OwnNumbers.FIRST_TABLE <= table
                        && table <= OwnNumbers.LAST_TABLE;
                assertEquals(own, (preference + ":" + table).matches(patterns), preference + ":" + table);
            }
        }
    }
}
