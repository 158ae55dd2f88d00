package dev.reroam.tests.integration.guest;

import dev.reroam.tests.integration.Lanes;
import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Where nobody helps, each fault that {@link GuestFaultsTest} has healed keeps the tunnel down: else it were none. */
@Tag("bed2")
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock(Lanes.LONG_GUEST)
final class GuestBaselineTest {

    @Tag("slow")
    @TestFactory
    Stream<DynamicTest> everyFaultKeepsTheTunnelDown() throws IOException, InterruptedException {
        return GuestFaultsTest.tests(GuestFaultsTest.LAB.withYielding(), GuestFaultsTest.ALL.stream());
    }
}
