package dev.reroam.tests.lab;

import dev.reroam.linux.ip.IpFamily;
import java.util.ArrayList;

/**
 * What the network of an experiment is to look like. Immutable; start from {@link #standard()}.
 *
 * @param outer the family that the tunnel's own packets use; the network always has both
 * @param ownTranslation what the router does to its own IPv4 packets
 * @param nat66 whether the ISPs translate IPv6 as well, instead of routing it behind a stateful firewall
 * @param firstUplink 1 or 2: where the default routes point to at first
 * @param keepalive the router's persistent keepalive in seconds; 0 is off
 * @param mark the router's WireGuard mark; 0 is none
 * @param daemonUid the user that the router's wireguard-go runs as; the kernel's WireGuard is always 0
 * @param behindRouter whether the tunnel and what heals it are on the host in the LAN, as on a NAS, instead of the router;
 *     then each uplink has a public IPv4 address, and the far peer is behind a NAT that forwards the tunnel's port
 */
public record Plan(
        IpFamily outer,
        WireGuardKind wireguard,
        OwnTranslation ownTranslation,
        boolean nat66,
        Cabling cabling,
        int firstUplink,
        int keepalive,
        int mark,
        int daemonUid,
        boolean behindRouter) {

    private static final int KEEPALIVE_SECONDS = 25;
    private static final int KEEPALIVE_LIMIT = 0xffff;

    public Plan {
        if (firstUplink != 1 && firstUplink != 2) {
            throw new IllegalArgumentException("uplink " + firstUplink);
        }
        if (keepalive < 0 || keepalive > KEEPALIVE_LIMIT) {
            throw new IllegalArgumentException("keepalive " + keepalive);
        }
        if (daemonUid != 0 && wireguard == WireGuardKind.KERNEL) {
            throw new IllegalArgumentException("the kernel's WireGuard has no user");
        }
    }

    /** wireguard-go over IPv4, keepalive 25 s, everything masqueraded. */
    public static Plan standard() {
        return new Plan(
                IpFamily.V4,
                WireGuardKind.USERSPACE,
                OwnTranslation.MASQUERADE,
                false,
                Cabling.SEPARATE,
                1,
                KEEPALIVE_SECONDS,
                0,
                0,
                false);
    }

    public Plan withOuter(IpFamily family) {
        return new Plan(
                family,
                wireguard,
                ownTranslation,
                nat66,
                cabling,
                firstUplink,
                keepalive,
                mark,
                daemonUid,
                behindRouter);
    }

    public Plan withWireguard(WireGuardKind kind) {
        return new Plan(
                outer, kind, ownTranslation, nat66, cabling, firstUplink, keepalive, mark, daemonUid, behindRouter);
    }

    public Plan withOwnTranslation(OwnTranslation translation) {
        return new Plan(
                outer, wireguard, translation, nat66, cabling, firstUplink, keepalive, mark, daemonUid, behindRouter);
    }

    public Plan withNat66() {
        return new Plan(
                outer, wireguard, ownTranslation, true, cabling, firstUplink, keepalive, mark, daemonUid, behindRouter);
    }

    public Plan withCabling(Cabling change) {
        return new Plan(
                outer, wireguard, ownTranslation, nat66, change, firstUplink, keepalive, mark, daemonUid, behindRouter);
    }

    public Plan withFirstUplink(int number) {
        return new Plan(
                outer, wireguard, ownTranslation, nat66, cabling, number, keepalive, mark, daemonUid, behindRouter);
    }

    public Plan withKeepalive(int seconds) {
        return new Plan(
                outer, wireguard, ownTranslation, nat66, cabling, firstUplink, seconds, mark, daemonUid, behindRouter);
    }

    public Plan withMark(int value) {
        return new Plan(
                outer,
                wireguard,
                ownTranslation,
                nat66,
                cabling,
                firstUplink,
                keepalive,
                value,
                daemonUid,
                behindRouter);
    }

    public Plan withDaemonUid(int uid) {
        return new Plan(
                outer, wireguard, ownTranslation, nat66, cabling, firstUplink, keepalive, mark, uid, behindRouter);
    }

    public Plan withTunnelBehindRouter() {
        return new Plan(
                outer, wireguard, ownTranslation, nat66, cabling, firstUplink, keepalive, mark, daemonUid, true);
    }

    /** What is not standard about it, in a few words. */
    @Override
    public String toString() {
        var words = new ArrayList<String>();
        words.add("outer " + outer + (nat66 ? " by NAT66" : ""));
        words.add(wireguard == WireGuardKind.KERNEL ? "kernel" : "wireguard-go");
        if (ownTranslation != OwnTranslation.MASQUERADE) {
            words.add("own packets " + ownTranslation);
        }
        if (cabling != Cabling.SEPARATE) {
            words.add(cabling.toString());
        }
        if (behindRouter) {
            words.add("behind the router");
        }
        if (keepalive != KEEPALIVE_SECONDS) {
            words.add("keepalive " + keepalive);
        }
        return String.join(", ", words);
    }
}
