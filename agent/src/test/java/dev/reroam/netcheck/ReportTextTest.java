package dev.reroam.netcheck;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.portmap.gateway.Protocol;
import dev.reroam.stun.NatBehaviour.Filtering;
import dev.reroam.stun.NatBehaviour.Mapping;
import dev.reroam.stun.SimulatedStun.Habits;
import dev.reroam.stun.SimulatedStun.Server;
import dev.reroam.uplink.Uplink;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The text, whole. */
class ReportTextTest {

    private final World world = new World()
            .with("one.example", Server.TWO_ADDRESSES)
            .with("two.example", Server.ORDINARY)
            .with("three.example", Server.SILENT);

    @Test
    void showsAnOrdinaryHomeAtAGlance() {
        world.pathMtu = 1492;
        world.speaks.remove(Protocol.PCP);
        assertEquals("""
                wan0, IPv4 via 192.0.2.1 from 192.0.2.2
                  UDP             works: 2 of 3 servers answer
                  public address  203.0.113.7
                  NAT             endpoint-independent mapping, address and port-dependent filtering, ports preserved, no hairpin
                  gateway         Acme Router
                  port mapping    PCP no (speaks NAT-PMP only), NAT-PMP yes (203.0.113.7 outside), UPnP yes (203.0.113.7 outside)
                  double NAT      no: gateway and servers say the same address
                  path MTU        1492 bytes get through, 1496 do not
                  captive portal  none
                  servers         one.example:3478 40.0 ms
                                  two.example:3478 40.0 ms
                                  three.example:3478 no answer
                """, ReportText.of(world.run()));
    }

    @Test
    void showsWhatIsInTheWay() {
        world.habits = new Habits(true, Mapping.ADDRESS_AND_PORT_DEPENDENT, Filtering.ADDRESS_DEPENDENT, true, false);
        world.gatewaySays = Optional.of("10.0.0.2");
        world.names.remove("two.example");
        world.speaks.remove(Protocol.UPNP);
        world.page = Optional.of(new PortalAnswer.Http(302, Optional.of("http://login.example/"), false));
        assertEquals("""
                wan0, IPv4 via 192.0.2.1 from 192.0.2.2
                  UDP             works: 1 of 3 servers answer
                  public address  203.0.113.7
                  NAT             address and port-dependent mapping, address-dependent filtering, ports changed, hairpin
                  port mapping    PCP yes, NAT-PMP yes (10.0.0.2 outside), UPnP no answer
                  double NAT      yes: the gateway's own address outside, 10.0.0.2, is private
                  path MTU        at least 1500 bytes
                  captive portal  yes: HTTP status 302, leads to http://login.example/
                  servers         one.example:3478 40.0 ms
                                  two.example:3478 no such name
                                  three.example:3478 no answer
                """, ReportText.of(world.run()));
    }

    @Test
    void showsThatNobodyAnswersAndThatThisSaysNothing() {
        world.there.replaceAll((at, server) -> Server.SILENT);
        world.speaks.clear();
        world.page = Optional.empty();
        assertEquals("""
                wan0, IPv4 via 192.0.2.1 from 192.0.2.2
                  UDP             unknown: no server answers
                  public address  unknown
                  NAT             unknown
                  port mapping    PCP no answer, NAT-PMP no answer, UPnP no answer
                  double NAT      unknown: no server says our public address
                  path MTU        unknown; the interface's is 1500 bytes
                  captive portal  unknown: no answer
                  servers         one.example:3478 no answer
                                  two.example:3478 no answer
                                  three.example:3478 no answer
                """, ReportText.of(world.run()));
    }

    @Test
    void showsIpv6WithoutNatAndIpv4BehindIt() {
        world.habits = new Habits(false, Mapping.ENDPOINT_INDEPENDENT, Filtering.ENDPOINT_INDEPENDENT, false, true);
        world.names.put(Nat64.KNOWN_NAME, List.of("64:ff9b::c000:aa"));
        world.speaks.clear();
        world.targets.set(0, new Target(World.V6, 1500));
        world.targets.add(new Target(new Uplink(7, "clat", Optional.empty(), IpAddress.parse("192.0.0.4")), 1472));
        world.bindingLifetime = true;
        assertEquals("""
                wan0, IPv6 via fe80::1 from 2001:db8:1::2
                  UDP             works: 2 of 3 servers answer
                  public address  2001:db8:1::2
                  NAT             none; endpoint-independent filtering
                  NAT remembers   at least 30 s, less than 35 s
                  port mapping    PCP no answer
                  path MTU        at least 1500 bytes
                  captive portal  none
                  NAT64           64:ff9b::/96
                  servers         one.example:3478 40.0 ms
                                  two.example:3478 40.0 ms
                                  three.example:3478 no answer

                clat, IPv4 from 192.0.0.4
                  UDP             works: 2 of 3 servers answer
                  public address  192.0.0.4
                  NAT             none; endpoint-independent filtering
                  NAT remembers   at least 30 s, less than 35 s
                  double NAT      no: nothing is translated
                  path MTU        at least 1472 bytes
                  captive portal  none
                  464XLAT         IPv4 leaves here as IPv6
                  servers         one.example:3478 40.0 ms
                                  two.example:3478 40.0 ms
                                  three.example:3478 no answer
                """, ReportText.of(world.run()));
    }

    @Test
    void showsThatThereIsNoWayOut() {
        assertEquals("no uplinks: there is no way out of here\n", ReportText.of(new Report(List.of(), Duration.ZERO)));
    }
}
