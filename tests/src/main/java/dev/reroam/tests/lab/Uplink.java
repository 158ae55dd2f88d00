package dev.reroam.tests.lab;

import static dev.reroam.tests.lab.Template.fill;

import dev.reroam.linux.ip.IpFamily;

/**
 * One way out of the router: its device there, the ISP behind it, and the addresses that the plan gives it. Immutable.
 *
 * @param number 1 or 2
 * @param isp the ISP's namespace: {@code cable} leads to the router, {@code out} to the internet
 */
public record Uplink(int number, Namespace isp, Plan plan) {

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
        return subnet(family) + (family == IpFamily.V4 ? host() : ":" + host());
    }

    /** The router's address on the same uplink after a new lease (IPv4) or another prefix (IPv6). */
    public String nextAddress(IpFamily family) {
        return switch (family) {
            case V4 -> subnet(family) + "77";
            case V6 -> nextPrefix() + "77";
        };
    }

    /** The IPv6 prefix that the ISP hands out next, as {@code 2a0e:1:1::}. */
    public String nextPrefix() {
        return fill("2a0e:%d:1::", number);
    }

    /** The ISP's address on the cable: the router's gateway. IPv6 gateways are link-local, as at home. */
    public String gateway(IpFamily family) {
        return switch (family) {
            case V4 -> subnet(family) + (number == 1 || !plan.oneSegment() ? "1" : "254");
            case V6 -> "fe80::" + number;
        };
    }

    /** {@code default via GATEWAY dev DEVICE src ADDRESS}, as a line for {@code ip route}. */
    public String defaultRoute(IpFamily family) {
        return fill("default via %s dev %s src %s", gateway(family), device(), address(family));
    }

    /** The ISP's public address, which easy and hard NAT translate to. */
    public String publicAddress(IpFamily family) {
        return family == IpFamily.V4 ? fill("11.0.%d.2", number) : fill("2a0d:%d::2", number);
    }

    /** The internet's address on the ISP's outer link. */
    String upstream(IpFamily family) {
        return family == IpFamily.V4 ? fill("11.0.%d.1", number) : fill("2a0d:%d::1", number);
    }

    /** The IPv6 prefix on the cable. */
    String prefix() {
        return subnet(IpFamily.V6) + ":/64";
    }

    /** The IPv6 addresses that the internet routes to the ISP. */
    String routedPrefix() {
        return fill("2a0e:%d::/32", number);
    }

    private int host() {
        return plan.oneSegment() ? 1 + number : 2;
    }

    private String subnet(IpFamily family) {
        int shared = plan.oneSegment() ? 1 : number;
        return switch (family) {
            case V4 -> fill("100.64.%d.", shared);
            // With one segment, each gateway still announces a prefix of its own, as two routers on one LAN do.
            case V6 -> (plan.nat66() ? "fd00:" : "2a0e:") + number + ":";
        };
    }
}
