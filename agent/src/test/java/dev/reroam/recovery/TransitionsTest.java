package dev.reroam.recovery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.recovery.Standing.Kind;
import dev.reroam.recovery.Transitions.Decision;
import dev.reroam.recovery.Transitions.Sign;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Locale;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class TransitionsTest {

    /** The table as people read it, in the Javadoc: the test holds it against the code, cell by cell. */
    @Test
    void decidesEveryPairAsTheTableSays() throws IOException {
        var rows = new ArrayList<String>();
        var row = Pattern.compile(" \\* ([A-Z_]+) {2,}(.*)");
        for (String line : Files.readAllLines(Path.of("src/main/java/dev/reroam/recovery/Transitions.java"))) {
            var matcher = row.matcher(line);
            if (matcher.matches() && !matcher.group(1).equals("RESTING")) {
                rows.add(matcher.group(1) + "  " + matcher.group(2));
            }
        }
        var decided = new TreeSet<Sign>();
        for (String text : rows) {
            String[] cells = text.replace(" (1)", "").trim().split(" {2,}");
            Sign sign = Sign.valueOf(cells[0]);
            decided.add(sign);
            assertEquals(Kind.values().length, cells.length - 1, text);
            for (Kind kind : Kind.values()) {
                String cell = cells[1 + kind.ordinal()];
                Decision said = cell.equals("-")
                        ? Decision.IMPOSSIBLE
                        : Decision.valueOf(cell.toUpperCase(Locale.ROOT).replace(' ', '_'));
                assertEquals(said, Transitions.of(kind, sign), sign + " while " + kind);
            }
        }
        assertEquals(Sign.values().length, decided.size(), "every sign has a row");
    }

    @Test
    void neverLeavesATunnelWithoutAWayForwardThatAPathBringsBack() {
        for (Kind kind : Kind.values()) {
            assertEquals(Decision.START, Transitions.of(kind, Sign.PATH_MOVED));
            assertTrue(Transitions.of(kind, Sign.PEER_GONE) == Decision.FORGET);
        }
    }
}
