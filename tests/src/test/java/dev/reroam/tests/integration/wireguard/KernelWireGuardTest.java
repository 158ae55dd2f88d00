package dev.reroam.tests.integration.wireguard;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.reroam.tests.integration.Lanes;
import dev.reroam.tests.lab.Guest;
import dev.reroam.tests.lab.VirtualMachine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/** One guest with kernel WireGuard, booted once, and what {@code KernelWireGuard} saw and did in it. */
@Tag("bed2")
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock(Lanes.GUEST)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class KernelWireGuardTest {

    // For a guest that hangs: how long it takes on a machine that has other work says nothing.
    private static final Duration LIMIT = Duration.ofMinutes(15);
    private static final List<String> JVM_FLAGS = List.of(
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xmx24m",
            "-Xss256k",
            "-Djnr.ffi.asm.enabled=false",
            "--enable-native-access=ALL-UNNAMED");

    private final Map<String, String> facts = new TreeMap<>();

    @BeforeAll
    void askTheKernel(@TempDir Path share) throws IOException, InterruptedException {
        var script = share.resolve("network.sh");
        try (var in = KernelWireGuardTest.class.getResourceAsStream("router-and-far.sh")) {
            Files.copy(Objects.requireNonNull(in, "router-and-far.sh"), script);
        }
        var told = share.resolve("facts");
        var command = Guest.java(KernelWireGuardFacts.class, JVM_FLAGS, List.of(script.toString(), told.toString()));
        var result = VirtualMachine.prepare().run(command, share, LIMIT);
        if (Files.exists(told)) {
            for (var line : Files.readAllLines(told)) {
                var name = line.substring(0, line.indexOf('='));
                facts.put(name, line.substring(name.length() + 1));
            }
        }
        System.out.println(facts);
        assertEquals(0, result.exit(), result.output());
    }

    @Test
    void readsADeviceAsWgShowsIt() {
        assertFact("small_same", "yes");
        assertFact("small_peers", "4");
        assertFact("far_same", "yes");
    }

    @Test
    void readsAThousandPeersAndThreeThousandAllowedIpsAsWgShowsThem() {
        assertFact("many_same", "yes");
        assertFact("many_peers", "1000");
        assertFact("widest_peer", "3000");
    }

    @Test
    void keepsWhatDidNotChange() {
        assertFact("unchanged_peer_is_the_same_object", "true");
        assertFact("unchanged_device_is_the_same_object", "true");
    }

    @Test
    void deviceThatIsNotThereOrOfAnotherKindIsEmpty() {
        assertFact("read_absent", "empty");
        assertFact("read_other_kind", "empty");
        assertFact("deletion_exit", "0");
        assertFact("read_deleted", "empty");
    }

    @Test
    void kernelSticksToItsSourceUntilRefreshed() {
        assertFact("at_first_4", "10.1.0.2:51820");
        assertFact("at_first_6", "[fd01::2]:51820");
        assertFact("stuck_4", "10.1.0.2:51820");
        assertFact("stuck_6", "[fd01::2]:51820");
        assertFact("arrived", "true");
        assertFact("moved_4", "10.2.0.2:51820");
        assertFact("moved_6", "[fd02::2]:51820");
        assertFact("back", "true");
    }

    @Test
    void refreshClearsTheSourceOfPeersThatAreNotNudgedToo() {
        assertFact("other_before", "10.1.0.2:51820");
        assertFact("other_after", "10.2.0.2:51820");
    }

    @Test
    void refreshSendsOneEmptyPacketToEachNudgedPeerAndToNoOther() {
        // messages.h message_data with nothing in it: a header of 16 bytes and a tag of 16.
        assertFact("received_1", "32");
        assertFact("received_2", "32");
        assertFact("received_3", "0");
        assertFact("received_4", "0");
    }

    @Test
    void refreshLeavesKeepalivesPortAndAllElseAsTheyWere() {
        assertFact("same_after_refresh", "yes");
        assertFact("keepalives", "off 25 25 off");
        assertFact("port_after_refresh", "51820");
        assertFact("many_same_after_refresh", "true");
    }

    @Test
    void rehearsalChangesNothing() {
        assertFact("same_after_rehearsal", "yes");
        assertFact("stuck_after_rehearsal", "10.1.0.2:51820");
    }

    @Test
    void deletedPeerDoesNotComeBack() {
        assertFact("peers_after_removal", "3");
        assertFact("deleted_comes_back", "false");
        assertFact("peers_read_after_removal", "3");
    }

    @Test
    void socketsAreReopenedOnTheSamePortByWayOfAnother() {
        assertFact("same_port_keeps_sockets", "true");
        assertFact("drawn_port_is_another", "true");
        assertFact("port_after_rebind", "51820");
        assertFact("rebind_keeps_sockets", "false");
        // One for each address family.
        assertEquals(2, fact("sockets_after_rebind").split(" ", -1).length, fact("sockets_after_rebind"));
        assertFact("after_rebind", "10.1.0.2:51820");
    }

    @Test
    void portThatSomebodyElseHasIsRefusedAndTheOldOneStays() {
        assertFact("taken_port", "EADDRINUSE");
        assertFact("port_after_refusal", "51820");
        assertFact("after_refusal", "10.1.0.2:51820");
    }

    @Test
    void changesOfWhatIsNoWireGuardAreRefused() {
        assertFact("change_absent", "ENODEV");
        assertFact("rehearse_absent", "ENODEV");
        assertFact("change_other_kind", "EOPNOTSUPP");
    }

    @Test
    void noKeyThatTheKernelSentIsAnywhereInTheMemoryOfItsReader() {
        assertFact("search_exit", "0");
        assertFact("planted_found", "true");
        assertFact("secrets_found", "[]");
    }

    @Test
    void kernelWhoseModuleWasUnloadedHasNoWireGuard() {
        assertFact("read_without_module", "empty");
        assertFact("open_without_module", "empty");
    }

    private void assertFact(String name, String expected) {
        assertEquals(expected, fact(name), name);
    }

    private String fact(String name) {
        return facts.getOrDefault(name, "not told");
    }
}
