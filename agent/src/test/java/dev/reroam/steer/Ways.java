package dev.reroam.steer;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.ip.IpFamily;
import dev.reroam.linux.route.Rule;
import dev.reroam.uplink.Uplink;
import java.util.Optional;

/** Endpoints and uplinks for tests. */
final class Ways {

    static final Endpoint FAR = Endpoint.parse("11.0.9.9:51820");
    static final Endpoint OTHER = Endpoint.parse("11.0.9.8:51821");
    static final Endpoint FAR_V6 = Endpoint.parse("[2a0f:9::9]:51820");
    static final Subject.Marked MARKED = new Subject.Marked(IpFamily.V4, new Rule.MarkCondition(0x80000, 0xff0000));
    static final Uplink WAN1 = uplink(3, "wan1", "100.64.1.1", "100.64.1.2");
    static final Uplink WAN2 = uplink(4, "wan2", "100.64.2.1", "100.64.2.2");
    static final Uplink WAN2_V6 = uplink(4, "wan2", "fe80::2", "2a0e:2::2");

    private Ways() {}

    static Subject to(Endpoint endpoint) {
        return new Subject.To(endpoint);
    }

    private static Uplink uplink(int index, String name, String gateway, String source) {
        return new Uplink(index, name, Optional.of(IpAddress.parse(gateway)), IpAddress.parse(source));
    }
}
