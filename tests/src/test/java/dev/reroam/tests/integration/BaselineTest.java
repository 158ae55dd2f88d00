package dev.reroam.tests.integration;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.tests.integration.Networks.Case;
import dev.reroam.tests.lab.Experiment;
import dev.reroam.tests.lab.Outage;
import dev.reroam.tests.lab.Remedy;
import dev.reroam.tests.lab.ScriptRemedy;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/** What heals by itself in time is no fault, and what a new source and a packet do not heal is none that an agent could. */
@Tag("bed1")
class BaselineTest {

    private static final Duration STAYS_DOWN = Duration.ofSeconds(5);
    // The loop's 50 ms, the programs that it starts, and a machine with many of them at once.
    private static final Duration HEALS = Duration.ofSeconds(2);
    private static final int WIDTH = 8;

    @TestFactory
    Stream<DynamicTest> staysDownWhereNobodyHelps() {
        return staysDown(Networks.usual());
    }

    @Tag("slow")
    @TestFactory
    Stream<DynamicTest> staysDownWhereNobodyHelpsOnOtherNetworks() {
        return staysDown(Networks.unusual());
    }

    @TestFactory
    Stream<DynamicTest> healsWhereWireGuardForgetsItsSource() {
        return heals(Networks.usual());
    }

    @Tag("slow")
    @TestFactory
    Stream<DynamicTest> healsWhereWireGuardForgetsItsSourceOnOtherNetworks() {
        return heals(Networks.unusual());
    }

    private static Stream<DynamicTest> staysDown(List<Case> cases) {
        return SideBySide.tests(WIDTH, cases, BaselineTest::unhelped, outage -> {
            assertTrue(outage.healedAfter().isEmpty(), outage::toString);
            assertTrue(outage.hole().compareTo(STAYS_DOWN) > 0, outage::toString);
        });
    }

    private static Stream<DynamicTest> heals(List<Case> cases) {
        return SideBySide.tests(
                WIDTH,
                cases,
                one -> outage(one, ScriptRemedy.REFRESH, HEALS),
                outage -> assertTrue(outage.healedAfter().isPresent(), outage::toString));
    }

    /**
     * One that healed is made once more. It was seen once in some hundred runs on a busy machine, after 2.7 s and not after
     * WireGuard's usual 15, and why is not known; a fault that is none heals every time.
     */
    private static Outage unhelped(Case one) {
        var outage = outage(one, Remedy.NONE, STAYS_DOWN);
        return outage.healedAfter().isEmpty() ? outage : outage(one, Remedy.NONE, STAYS_DOWN);
    }

    private static Outage outage(Case one, Remedy remedy, Duration watched) {
        return new Experiment(one.fault(), one.plan(), remedy, watched).run().outage();
    }
}
