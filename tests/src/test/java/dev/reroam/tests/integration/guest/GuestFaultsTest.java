package dev.reroam.tests.integration.guest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.linux.ip.IpFamily;
import dev.reroam.linux.libc.Clock;
import dev.reroam.tests.integration.Lanes;
import dev.reroam.tests.integration.ShippedFlags;
import dev.reroam.tests.lab.Faults;
import dev.reroam.tests.lab.GuestLab;
import dev.reroam.tests.lab.GuestTrial;
import dev.reroam.tests.lab.GuestTrial.Help;
import dev.reroam.tests.lab.GuestTrial.Translation;
import dev.reroam.tests.lab.GuestTrialReport;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/** The faults on kernel WireGuard, in Debian's kernel: many experiments on one booted guest. */
@Tag("bed2")
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock(Lanes.GUEST)
final class GuestFaultsTest {

    private static final Duration STAYS_DOWN = Duration.ofSeconds(5);
    // Where nobody helps it takes 15 s. What the agent takes is for the benchmarks to say: here it shares an emulated
    // processor with everything else, and that shares this machine with other tests.
    private static final Duration HEALS = Duration.ofSeconds(10);
    // Half of them wait at any time, for a tunnel to stay down or for the quiet before a fault.
    private static final int WIDTH = 5;
    private static final int DRAWN = 8;

    static final GuestLab LAB =
            GuestLab.oneByOne().withAgentFlags(ShippedFlags.text()).withWidth(WIDTH);

    /** One of each address family: the one that never heals by itself, and the one of IPv6 alone. */
    private static final List<GuestTrial> SOME =
            List.of(trial("policy-rule", IpFamily.V4), trial("prefix-changed", IpFamily.V6));

    /** Each fault of each address family, where nobody helps. */
    static final List<GuestTrial> ALL = Faults.all().stream()
            .flatMap(fault -> Stream.of(IpFamily.values()).map(family -> trial(fault.name(), family)))
            .filter(GuestTrial::isOfItsFamily)
            .toList();

    @TestFactory
    Stream<DynamicTest> someFaults() throws IOException, InterruptedException {
        return tests(LAB, Stream.concat(SOME.stream(), SOME.stream().map(GuestFaultsTest::withAgent)));
    }

    @Tag("slow")
    @TestFactory
    Stream<DynamicTest> everyFaultWithTheAgent() throws IOException, InterruptedException {
        return tests(LAB, ALL.stream().map(GuestFaultsTest::withAgent));
    }

    /**
     * On networks that translate otherwise, some of them, drawn anew each time: bed 1 has every fault on each of them, and an
     * emulated processor takes half a minute for one.
     */
    @Tag("slow")
    @TestFactory
    Stream<DynamicTest> someFaultsWithTheAgentOnOtherNetworks() throws IOException, InterruptedException {
        long seed = Long.getLong("seed", Clock.system().realtimeNanos());
        System.out.println("seed " + seed);
        var all = ALL.stream()
                .flatMap(trial -> Stream.of(Translation.values())
                        .filter(translation -> translation.isUnusualFor(trial.outer()))
                        .map(trial::withTranslation))
                .collect(Collectors.toCollection(ArrayList::new));
        Collections.shuffle(all, new Random(seed));
        return tests(LAB, all.stream().limit(DRAWN).map(GuestFaultsTest::withAgent));
    }

    private static GuestTrial trial(String fault, IpFamily family) {
        return GuestTrial.of(Faults.named(fault).orElseThrow(), Help.NONE, STAYS_DOWN)
                .withOuter(family);
    }

    private static GuestTrial withAgent(GuestTrial trial) {
        return trial.withHelp(Help.AGENT, HEALS);
    }

    /** Makes them, and a test of each report. */
    static Stream<DynamicTest> tests(GuestLab lab, Stream<GuestTrial> wanted) throws IOException, InterruptedException {
        var trials = wanted.toList();
        var reports = lab.run(trials);
        assertEquals(trials, reports.stream().map(GuestTrialReport::trial).toList());
        return reports.stream()
                .map(report -> DynamicTest.dynamicTest(report.trial().toString(), () -> judge(report)));
    }

    private static void judge(GuestTrialReport report) {
        var seen = report.seen();
        if (report.trial().help() == Help.NONE) {
            assertEquals(Optional.empty(), seen.outage().healedAfter());
            assertTrue(seen.outage().hole().compareTo(STAYS_DOWN) > 0, () -> "a hole of only " + seen.outage());
        } else {
            assertTrue(seen.outage().healedAfter().isPresent(), () -> "not healed; the agent says:\n" + report.log());
            assertTrue(
                    seen.timeline().stream().anyMatch(entry -> entry.what().contains("refresh ")),
                    () -> "it healed by itself: " + seen.timeline());
        }
        assertEquals(seen.before(), seen.after());
    }
}
