package dev.reroam.tests.lab;

import static dev.reroam.tests.lab.Template.fill;

import dev.reroam.linux.ip.IpFamily;
import java.util.List;

/**
 * One way out of the router: its device there, the ISP behind it, and the addresses that the plan gives it. Immutable.
 *
 * @param number 1 or 2
 * @param isp the ISP's namespace: {@code cable} leads to the router, {@code out} to the internet
 */
public record Uplink(int number, Namespace isp, Plan plan) {

    private static final String NEXT_HOST = "77";

    public Uplink {
        if (number != 1 && number != 2) {
            throw new IllegalArgumentException("uplink " + number);
        }
    }

    /** The router's interface. */
    public String device() {
        return "wan" + number;
    }

    /** The router's address, without a prefix length. */
    public String address(IpFamily family) {
        int host = plan.cabling() == Cabling.ONE_SUBNET ? 1 + number : 2;
        return network(family) + host;
    }

    /** The router's address after a new lease: on the same uplink and in the same prefix. */
    public String nextAddress(IpFamily family) {
        return network(family) + NEXT_HOST;
    }

    /** The IPv4 prefix on the cable. */
    String prefixV4() {
        return network(IpFamily.V4) + "0/24";
    }

    /** The IPv6 prefix on the cable. */
    public String prefix() {
        return network(IpFamily.V6) + "/64";
    }

    /** The IPv6 prefix that the ISP hands out next. */
    public String nextPrefix() {
        return nextNetwork() + "/64";
    }

    /** The router's address in the next prefix. */
    public String nextPrefixAddress() {
        return nextNetwork() + NEXT_HOST;
    }

    /** The ISP's address on the cable: the router's gateway. IPv6 gateways are link-local, as at home. */
    public String gateway(IpFamily family) {
        return switch (family) {
            case V4 -> network(family) + (number == 2 && plan.cabling() == Cabling.ONE_SUBNET ? "254" : "1");
            case V6 -> "fe80::" + number;
        };
    }

    /** {@code default via GATEWAY dev DEVICE src ADDRESS}, as a line for {@code ip route}. */
    public String defaultRoute(IpFamily family) {
        return fill("default via %s dev %s src %s", gateway(family), device(), address(family));
    }

    /** The ISP's public address, which easy and hard NAT translate to. */
    public String publicAddress(IpFamily family) {
        return family == IpFamily.V4 ? "11.0." + number + ".2" : "2a0d:" + number + "::2";
    }

    /** The internet's address on the ISP's outer link. */
    String upstream(IpFamily family) {
        return family == IpFamily.V4 ? "11.0." + number + ".1" : "2a0d:" + number + "::1";
    }

    /** The IPv6 addresses that the internet routes to the ISP. */
    String routedPrefix() {
        return "2a0e:" + number + "::/32";
    }

    /** What brings the router's end up, for {@code ip}: with these addresses, without a default route. */
    List<String> routerLines(String addressV4, String addressV6) {
        return List.of(
                "address add " + onCable(addressV4, gateway(IpFamily.V4)) + " dev " + device(),
                "address add " + addressV6 + "/64 dev " + device() + " nodad",
                "link set dev " + device() + " up");
    }

    /** What brings the ISP's end up, for {@code ip}, where the router's address is the given one. */
    List<String> ispLines(String routerAddressV4) {
        return List.of(
                "address replace " + onCable(gateway(IpFamily.V4), routerAddressV4) + " dev cable",
                "address replace " + gateway(IpFamily.V6) + "/64 dev cable nodad",
                "link set dev cable up",
                "route replace " + prefix() + " dev cable");
    }

    private String onCable(String own, String other) {
        return plan.cabling() == Cabling.POINT_TO_POINT ? own + " peer " + other + "/32" : own + "/24";
    }

    private String network(IpFamily family) {
        return switch (family) {
            case V4 ->
                (plan.behindRouter() ? "11.10." : "100.64.") + (plan.cabling() == Cabling.ONE_SUBNET ? 1 : number)
                        + ".";
            case V6 -> (plan.nat66() ? "fd00:" : "2a0e:") + number + "::";
        };
    }

    private String nextNetwork() {
        return network(IpFamily.V6).replace("::", ":1::");
    }
}
