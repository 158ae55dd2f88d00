package dev.reroam.tests.integration.guest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.tests.integration.Lanes;
import dev.reroam.tests.lab.Guest;
import dev.reroam.tests.lab.VirtualMachine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One guest, booted once, and what was seen in it. */
@Tag("bed2")
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock(Lanes.GUEST)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class VirtualMachineTest {

    // For a guest that hangs: how long it takes on a machine that has other work says nothing.
    private static final Duration LIMIT = Duration.ofMinutes(15);
    private static final List<String> JVM_FLAGS =
            List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx24m", "-Xss256k");

    private final Map<String, String> facts = new HashMap<>();

    @BeforeAll
    void seeWhatTheGuestIs(@TempDir Path share) throws IOException, InterruptedException {
        var script = share.resolve("facts.sh");
        try (var in = VirtualMachineTest.class.getResourceAsStream("guest-facts.sh")) {
            Files.copy(Objects.requireNonNull(in, "guest-facts.sh"), script);
        }
        var told = share.resolve("facts");
        var command = Guest.java(GuestFacts.class, JVM_FLAGS, List.of(script.toString(), told.toString()));
        var result = VirtualMachine.prepare().run(command, share, LIMIT);
        assertEquals(0, result.exit(), result.output());
        for (var line : Files.readAllLines(told)) {
            var name = line.substring(0, line.indexOf('='));
            facts.put(name, line.substring(name.length() + 1));
        }
    }

    @Test
    void runsTheSameJavaAsThisOne() {
        assertEquals(Runtime.version().toString(), fact("java"));
    }

    @Test
    void hasKernelWireGuard() {
        assertEquals("wireguard", fact("device_kind"));
    }

    @Test
    void shakesHandsAndCarriesThroughANatOfEitherAddressFamily() {
        assertEquals("1", fact("inner_answers_4"));
        assertTrue(number("handshake_at") > 0, "handshake");
        assertEquals("198.51.100.1:40000", fact("seen_from_4"));
        assertEquals("1", fact("inner_answers_6"));
        assertTrue(fact("seen_from_6").startsWith("[2001:db8::1]:"), fact("seen_from_6"));
        assertEquals("1", fact("conntrack_entries"));
    }

    @Test
    void delaysPacketsByWhatNetemWasAskedFor() {
        assertTrue(number("delay_before_ms") < 10, "before: " + fact("delay_before_ms"));
        assertTrue(number("delay_after_ms") >= 40, "after: " + fact("delay_after_ms"));
        assertTrue(number("delay_after_ms") < 60, "after: " + fact("delay_after_ms"));
    }

    @Test
    void rebindsOnAnotherListenPortOnly() {
        assertEquals("yes", fact("same_port_keeps_sockets"));
        assertEquals("198.51.100.1:40001", fact("other_port_seen_from"));
        assertEquals("no", fact("other_port_keeps_sockets"));
        assertEquals("no", fact("port_0_draws_the_same"));
    }

    @Test
    void destroysATcpConnectionOnRequest() {
        assertEquals("yes", fact("tcp_destroyed"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "link_dummy",
                "link_bridge",
                "link_vrf",
                "link_macvlan",
                "link_vlan",
                "link_tun",
                "link_ifb",
                "vrf_enslaves",
                "ppp",
                "pppoe",
                "iptables_mark",
                "iptables_conntrack",
                "iptables_connmark",
                "iptables_snat",
                "iptables_random",
                "iptables_dnat",
                "iptables_reject",
                "ip6tables_conntrack",
                "ip6tables_reject",
                "nft",
                "rule_uid",
                "rule_mark6"
            })
    void hasTheDevicesAndRulesOfTheScenarios(String name) {
        assertEquals("yes", fact(name));
    }

    @Test
    void itsClockCountsInstructionsHoweverBusyThisMachineIs() {
        // 100 million rounds, which the JIT makes some six instructions of: a nanosecond each.
        assertTrue(number("loop_ms") > 300 && number("loop_ms") < 1500, fact("loop_ms"));
    }

    @Test
    void handsBackTheExitStatusAndBothStreamsAndKeepsTheHostsFiles(@TempDir Path share)
            throws IOException, InterruptedException {
        var marker = share.resolveSibling(share.getFileName() + ".guest");
        var script = "echo out; echo err >&2; echo x >'%s' && cat '%s'; pwd; exit 7".formatted(marker, marker);
        var result = VirtualMachine.prepare().run(List.of("sh", "-c", script), share, LIMIT);
        assertEquals("out\nerr\nx\n" + share.toRealPath() + "\n", result.output());
        assertEquals(7, result.exit());
        assertFalse(Files.exists(marker), "the guest wrote to the host");
    }

    private String fact(String name) {
        return facts.getOrDefault(name, "not told");
    }

    private double number(String name) {
        return Double.parseDouble(fact(name));
    }
}
