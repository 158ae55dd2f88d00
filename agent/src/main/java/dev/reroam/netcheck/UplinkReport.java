package dev.reroam.netcheck;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.ip.IpPrefix;
import dev.reroam.stun.Lifetime;
import dev.reroam.stun.NatBehaviour;
import dev.reroam.stun.NatBehaviour.Finding;
import dev.reroam.stun.PathMtu;
import java.util.List;
import java.util.Optional;

/**
 * What was found out over one uplink. Immutable.
 *
 * @param udp whether UDP gets out and back: yes, or unknown; never no, for silence does not say whose it is
 * @param udpWhy in words, where it is unknown
 * @param publicAddresses what servers saw us as, each once
 * @param nat in the words of RFC 4787
 * @param servers in the order of the wish, without those that cannot be of the uplink's family
 * @param mtu towards the server to which the largest packet got
 * @param nat64 prefixes behind which the network translates to IPv4 (RFC 7050); empty also where nobody could say
 * @param lifetime empty where it was not wished for, or could not be asked
 */
public record UplinkReport(
        Target target,
        Finding udp,
        Optional<String> udpWhy,
        List<IpAddress> publicAddresses,
        NatBehaviour nat,
        List<ServerReport> servers,
        GatewayReport gateway,
        Judgement doubleNat,
        PathMtu mtu,
        PortalReport portal,
        List<IpPrefix> nat64,
        Optional<Lifetime> lifetime) {

    public UplinkReport {
        publicAddresses = List.copyOf(publicAddresses);
        servers = List.copyOf(servers);
        nat64 = List.copyOf(nat64);
    }

    /** A finding and what it rests on, in words. */
    public record Judgement(Finding found, String why) {}

    /**
     * Whether something stands before the internet and wants a click first.
     *
     * @param asked whether a page was wished for
     * @param location where the portal leads to; empty where it does not say
     */
    public record PortalReport(boolean asked, Finding found, String why, Optional<String> location) {}
}
