package dev.reroam.tests.integration;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/** A router without a battery begins in 1970, and stays there until somebody reaches a time server: nothing here minds. */
@Tag("bed2")
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock(Lanes.GUEST)
class FirstYearInGuestTest {

    @TempDir
    Path share;

    @Tag("slow")
    @Test
    void mapsAsksAndHealsWithAClockThatWasNeverSet() throws Exception {
        var said = GuestProgram.run(FirstYearProgram.class, share, ShippedFlags.text());
        assertEquals(
                List.of("mapped", "asked from the kernel's own port", "mapped again", "healed"),
                said.lines()
                        .filter(line -> line.matches("mapped.*|asked.*|healed"))
                        .toList(),
                said);
    }
}
