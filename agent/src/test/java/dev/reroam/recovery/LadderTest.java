package dev.reroam.recovery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class LadderTest {

    private final Ladder ladder = Ladder.standard();

    @ParameterizedTest(name = "{0}: affected {1}, fixed {2}, quiet {3}, asleep {4}")
    @CsvSource({
        "PATH_CHANGED,     REFRESH,   REFRESH,   REFRESH, CLEAR",
        "UPLINK_RETURNED,  REFRESH,   REFRESH,   REFRESH, CLEAR",
        "UPLINK_SUSPECT,   STEER,     STEER,     STEER,   -",
        "TUNNEL_SILENT,    CONNTRACK, CONNTRACK, -,       -",
        "WAN_CHANGED,      REFRESH,   REFRESH,   REFRESH, CLEAR",
        "MAPPING_STUCK,    REFRESH,   REFRESH,   REFRESH, CLEAR",
        "DEVICE_RECREATED, REFRESH,   REFRESH,   REFRESH, -",
        "INTERRUPTED,      REFRESH,   REFRESH,   REFRESH, -",
        "NAME_CHANGED,     RESOLVE,   RESOLVE,   -,       RESOLVE",
        "ASKED,            REFRESH,   REFRESH,   REFRESH, REFRESH",
    })
    void picksTheFirstRung(Evidence evidence, String affected, String fixed, String quiet, String asleep) {
        assertEquals(rung(affected), ladder.first(evidence, Condition.AFFECTED));
        assertEquals(rung(fixed), ladder.first(evidence, Condition.FIXED));
        assertEquals(rung(quiet), ladder.first(evidence, Condition.QUIET));
        assertEquals(rung(asleep), ladder.first(evidence, Condition.ASLEEP));
    }

    private static Optional<Rung> rung(String cell) {
        return cell.equals("-") ? Optional.empty() : Optional.of(Rung.valueOf(cell));
    }

    @Test
    void goesUpFromRefreshLeastDisruptiveFirstToAPerson() {
        assertEquals(
                List.of(
                        Rung.REBIND,
                        Rung.CONNTRACK,
                        Rung.STEER,
                        Rung.NEW_PORT,
                        Rung.SOURCE_PORT,
                        Rung.RESOLVE,
                        Rung.RESTART_OWNER,
                        Rung.PERSON),
                ladder.above(Rung.REFRESH));
    }

    @ParameterizedTest
    @EnumSource(Rung.class)
    void hasARowForEveryRung(Rung rung) {
        assertFalse(ladder.row(rung).does().isEmpty());
    }

    @Test
    void neverChangesThePortOfAFixedOrCarryingOrQuietDevice() {
        assertTrue(ladder.row(Rung.NEW_PORT)
                .needs()
                .containsAll(List.of(Need.FREE_PORT, Need.NO_PEER_CARRIES, Need.NO_PEER_QUIET, Need.ANSWER_OWED)));
    }

    @Test
    void changesOneCell() {
        Ladder other = ladder.with(Evidence.PATH_CHANGED, Condition.FIXED, Optional.of(Rung.REBIND));
        assertEquals(Optional.of(Rung.REBIND), other.first(Evidence.PATH_CHANGED, Condition.FIXED));
        assertEquals(Optional.of(Rung.REFRESH), other.first(Evidence.PATH_CHANGED, Condition.AFFECTED));
        assertEquals(Optional.of(Rung.REFRESH), ladder.first(Evidence.PATH_CHANGED, Condition.FIXED));
        assertEquals(
                Optional.empty(),
                ladder.with(Evidence.ASKED, Condition.ASLEEP, Optional.empty())
                        .first(Evidence.ASKED, Condition.ASLEEP));
    }

    @Test
    void standsInTheDocumentationAsItShips() throws IOException {
        String contributing = Files.readString(Path.of("../CONTRIBUTING.md"), StandardCharsets.UTF_8);
        assertTrue(
                contributing.contains("```\n" + ladder.print() + "\n```\n"),
                () -> "CONTRIBUTING.md has another table than this one:\n" + ladder.print());
    }

    @Test
    void theStatesOfAnUplinkStandInTheDocumentationToo() throws IOException {
        String contributing = Files.readString(Path.of("../CONTRIBUTING.md"), StandardCharsets.UTF_8);
        assertTrue(
                contributing.contains("```\n" + UplinkHealth.print() + "\n```\n"),
                () -> "CONTRIBUTING.md has another table than this one:\n" + UplinkHealth.print());
    }

    @Test
    void printsBothTables() {
        String printed = ladder.print();
        assertTrue(printed.contains("path changed      refresh    refresh    refresh    clear"), printed);
        assertTrue(printed.contains("uplink suspect    steer      steer      steer      -"), printed);
        assertTrue(printed.contains("name changed      resolve    resolve    -          resolve"), printed);
        assertTrue(printed.contains("port is free"), printed);
    }
}
