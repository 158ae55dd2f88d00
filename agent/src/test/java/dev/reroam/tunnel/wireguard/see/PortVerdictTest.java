package dev.reroam.tunnel.wireguard.see;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.linux.wireguard.WireGuardDevice;
import dev.reroam.linux.wireguard.WireGuardKey;
import dev.reroam.linux.wireguard.WireGuardPeer;
import dev.reroam.recovery.DeviceFacts.DeviceKind;
import dev.reroam.recovery.DeviceFacts.PortUse;
import dev.reroam.tunnel.wireguard.see.PortEvidence.Claim;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PortVerdictTest {

    private static final WireGuardKey KEY = new WireGuardKey(1, 2, 3, 4);
    private static final PortRange EPHEMERAL = new PortRange(32768, 60999);
    private static final PortEvidence WITH_ENDPOINT =
            new PortEvidence(List.of(), Set.of(KEY.base64()), EPHEMERAL, List.of());

    @Test
    void isFreeWhereNothingDependsOnIt() {
        assertEquals(PortUse.FREE, verdict(40000, 1, WITH_ENDPOINT).use());
    }

    @Test
    void isFixedWhereAFileNamesIt() {
        var claim = new Claim(new PortRange(39000, 41000), "/etc/config/firewall", 12);
        var evidence = new PortEvidence(List.of(claim), Set.of(KEY.base64()), EPHEMERAL, List.of());
        assertFixed("40000 is named in /etc/config/firewall:12", verdict(40000, 1, evidence));
    }

    @Test
    void isFixedOutsideTheEphemeralRange() {
        assertFixed("51 is outside the ephemeral range 32768-60999", verdict(51, 1, WITH_ENDPOINT));
    }

    @Test
    void isFixedWhereAPeerMayHaveToFindUs() {
        var evidence = new PortEvidence(List.of(), Set.of(), EPHEMERAL, List.of());
        assertFixed("no file gives the endpoint of AAAAAAAA: it may have to find us", verdict(40000, 1, evidence));
    }

    @Test
    void isFixedWhileNobodyTalks() {
        assertFixed("no peer has shaken hands yet", verdict(40000, 0, WITH_ENDPOINT));
    }

    @Test
    void isFixedInDoubt() {
        var unreadable = new PortEvidence(List.of(), Set.of(KEY.base64()), EPHEMERAL, List.of("/etc/wireguard"));
        assertFixed("cannot be read: /etc/wireguard", verdict(40000, 1, unreadable));
        assertFixed(
                "the configuration files were not read yet",
                PortVerdict.of(device(40000, 1), DeviceKind.KERNEL, DeviceSettings.NONE, Optional.empty()));
        assertFixed("no port is bound", verdict(0, 1, WITH_ENDPOINT));
        assertFixed(
                "the device is only watched",
                PortVerdict.of(device(40000, 1), DeviceKind.OBSERVED, DeviceSettings.NONE, Optional.of(WITH_ENDPOINT)));
    }

    @Test
    void isWhatAPersonSays() {
        for (var use : PortUse.values()) {
            var settings = new DeviceSettings(true, Optional.of(use), false, Map.of());
            assertEquals(
                    new PortVerdict(use, "configured so"),
                    PortVerdict.of(device(51820, 0), DeviceKind.KERNEL, settings, Optional.empty()));
        }
    }

    private static PortVerdict verdict(int port, long handshake, PortEvidence evidence) {
        return PortVerdict.of(
                device(port, handshake), DeviceKind.USERSPACE, DeviceSettings.NONE, Optional.of(evidence));
    }

    private static WireGuardDevice device(int port, long handshake) {
        var peer = new WireGuardPeer(KEY, Optional.empty(), 0, handshake, 0, 0, 0, List.of());
        return new WireGuardDevice(1, "wg0", Optional.empty(), port, 0, List.of(peer));
    }

    private static void assertFixed(String reason, PortVerdict verdict) {
        assertEquals(PortUse.FIXED, verdict.use());
        assertTrue(verdict.reason().startsWith(reason), verdict.reason());
    }
}
