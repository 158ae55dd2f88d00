package dev.reroam.tunnel.wireguard.see;

import dev.reroam.linux.wireguard.WireGuardDevice;
import dev.reroam.recovery.DeviceFacts.DeviceKind;
import dev.reroam.recovery.DeviceFacts.PortUse;
import java.util.Optional;

/**
 * Whether a device's listen port may be given up, and why. Immutable.
 *
 * @param reason for people: the fact that decided
 */
public record PortVerdict(PortUse use, String reason) {

    /**
     * The rule: free only if nothing names the port, the kernel itself would give it away, and we go to every peer that talks
     * to us (its endpoint is configured, so it need not find us). In doubt it is fixed.
     *
     * @param evidence empty while the files were not read yet
     */
    static PortVerdict of(
            WireGuardDevice device, DeviceKind kind, DeviceSettings settings, Optional<PortEvidence> evidence) {
        int port = device.listenPort();
        if (settings.port().isPresent()) {
            return new PortVerdict(settings.port().get(), "configured so");
        }
        if (kind == DeviceKind.OBSERVED) {
            return fixed("the device is only watched");
        }
        if (port == 0) {
            return fixed("no port is bound");
        }
        if (evidence.isEmpty()) {
            return fixed("the configuration files were not read yet");
        }
        return of(device, port, evidence.get());
    }

    private static PortVerdict of(WireGuardDevice device, int port, PortEvidence evidence) {
        var claim = evidence.claim(port);
        if (claim.isPresent()) {
            return fixed(port + " is named in " + claim.get().file() + ":"
                    + claim.get().line());
        }
        if (!evidence.unreadable().isEmpty()) {
            return fixed("cannot be read: " + evidence.unreadable().getFirst());
        }
        if (!evidence.ephemeral().contains(port)) {
            return fixed(port + " is outside the ephemeral range " + evidence.ephemeral());
        }
        int talking = 0;
        for (var peer : device.peers()) {
            if (peer.shookHands()) {
                talking++;
                String key = peer.publicKey().base64();
                if (!evidence.configuredEndpoints().contains(key)) {
                    return fixed("no file gives the endpoint of " + key.substring(0, 8) + ": it may have to find us");
                }
            }
        }
        return talking == 0
                ? fixed("no peer has shaken hands yet")
                : new PortVerdict(
                        PortUse.FREE, port + " is ephemeral, named nowhere, and all talking peers have an endpoint");
    }

    private static PortVerdict fixed(String reason) {
        return new PortVerdict(PortUse.FIXED, reason);
    }
}
