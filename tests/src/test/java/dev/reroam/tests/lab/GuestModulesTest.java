package dev.reroam.tests.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

final class GuestModulesTest {

    // Three lines of a real modules.dep, shortened: what a module stands on is listed with the last to load first.
    private static final List<String> DEPENDENCIES = List.of(
            "kernel/drivers/net/veth.ko:",
            "kernel/net/802/stp.ko.xz: kernel/net/llc/llc.ko.xz",
            "kernel/net/llc/llc.ko.xz:",
            "kernel/net/bridge/bridge.ko.xz: kernel/net/802/stp.ko.xz kernel/net/llc/llc.ko.xz",
            "kernel/arch/x86/crypto/chacha-x86_64.ko:");

    private static final List<String> BUILT_IN = List.of("kernel/net/packet/af_packet.ko");

    @Test
    void loadsWhatAModuleStandsOnBeforeIt() throws IOException {
        assertEquals(
                List.of("kernel/net/llc/llc.ko.xz", "kernel/net/802/stp.ko.xz", "kernel/net/bridge/bridge.ko.xz"),
                order("bridge"));
    }

    @Test
    void loadsNothingTwice() throws IOException {
        assertEquals(3, order("llc bridge stp llc").size());
    }

    @Test
    void takesDashesForUnderscores() throws IOException {
        assertEquals(List.of("kernel/arch/x86/crypto/chacha-x86_64.ko"), order("chacha_x86_64"));
    }

    @Test
    void leavesOutWhatTheKernelHasBuiltIn() throws IOException {
        assertEquals(List.of("kernel/drivers/net/veth.ko"), order("af_packet veth"));
    }

    @Test
    void leavesOutWhatNotEveryKernelHas() throws IOException {
        assertEquals(List.of("kernel/drivers/net/veth.ko"), order("?crc32c_generic veth"));
    }

    @Test
    void namesEveryModuleThatTheKernelLacks() {
        var refusal = assertThrows(IOException.class, () -> order("wireguard veth netem"));
        assertTrue(refusal.getMessage().endsWith("wireguard, netem"), refusal.getMessage());
    }

    private static List<String> order(String wanted) throws IOException {
        return GuestModules.loadOrder(wanted, DEPENDENCIES, BUILT_IN);
    }
}
