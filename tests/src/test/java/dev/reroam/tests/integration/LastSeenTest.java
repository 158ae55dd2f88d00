package dev.reroam.tests.integration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.ip.IpFamily;
import dev.reroam.linux.libc.Clock;
import dev.reroam.tests.lab.AgentHome;
import dev.reroam.tests.lab.Belongings;
import dev.reroam.tests.lab.EchoStream;
import dev.reroam.tests.lab.Plan;
import dev.reroam.tests.lab.Topology;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A peer whose allowed IPs are subnets only is proved by who was seen to send from there. On wireguard-go. */
@Tag("bed1")
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock(Lanes.PATIENT)
class LastSeenTest {

    private static final Duration SOON = Duration.ofSeconds(20);

    private final Belongings belongings = Belongings.open();
    private final Topology net = Topology.make(Plan.standard(), belongings);
    private final AgentHome home = new AgentHome(net, net.router(), "seen", ShippedFlags.agent());

    @AfterEach
    void removeEverything() {
        belongings.close();
    }

    @ParameterizedTest
    @EnumSource
    void isProvedByAnEchoToWhoWasSeenBeforeTheFault(IpFamily inner) {
        net.tunnel().allowOnlySubnets();
        var traffic = traffic(inner);
        home.start();
        awaitProbe(inner == IpFamily.V4 ? net.tunnel().farInner() : net.tunnel().farInnerV6());
        traffic.stop();
        net.ip().request("route replace " + net.defaultRoute(2));
        assertTrue(AgentHome.until(SOON, () -> home.log().contains("carries again: echo answered")), home::log);
    }

    @Test
    void saysOnceThatItMayNotListenAndIsProvedOtherwise() {
        net.tunnel().allowOnlySubnets();
        var traffic = traffic(IpFamily.V4);
        home.start("setpriv", "--bounding-set=-net_raw", "--inh-caps=-net_raw");
        assertTrue(AgentHome.until(SOON, () -> timesSaid() > 0), home::log);
        net.ip().request("route replace " + net.defaultRoute(2));
        assertTrue(AgentHome.until(SOON, () -> home.log().contains("carries again: ")), home::log);
        traffic.stop();
        assertEquals(1, timesSaid(), home::log);
    }

    private long timesSaid() {
        return home.log()
                .lines()
                .filter(line -> line.contains("no inner address is learned"))
                .count();
    }

    private void awaitProbe(String address) {
        home.awaitStatus(SOON, now -> now.contains("\"probe\":\"" + IpAddress.parse(address) + "\""));
    }

    /** From the far peer, which is answered, and so is heard by nobody but the router. */
    private EchoStream traffic(IpFamily inner) {
        var router =
                inner == IpFamily.V4 ? net.tunnel().routerInner() : net.tunnel().routerInnerV6();
        var traffic = EchoStream.start(net.far(), router, Clock.system());
        assertTrue(traffic.await(echo -> true, SOON).isPresent(), "no traffic");
        return traffic;
    }
}
