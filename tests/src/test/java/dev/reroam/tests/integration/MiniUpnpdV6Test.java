package dev.reroam.tests.integration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.portmap.gateway.Protocol;
import dev.reroam.tests.lab.Belongings;
import dev.reroam.tests.lab.MiniUpnpd;
import dev.reroam.tests.lab.MiniUpnpd.Speech;
import dev.reroam.tests.lab.NatBed;
import dev.reroam.tests.lab.NatBed.Translation;
import dev.reroam.tests.lab.Pause;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * IPv6 behind a firewall: nothing is translated, and PCP opens a hole for the port. The gateway is known by its link-local
 * address, as router advertisements tell it.
 */
@Tag("bed1")
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock(Lanes.PATIENT)
@Timeout(60)
class MiniUpnpdV6Test {

    private static final int PORT = MapperInside.PORT;
    private static final String OURS = "fd00:77::2";
    /** As nft prints what miniupnpd wrote. */
    private static final String OURS_IN_A_RULE = "0xfd000077000000000000000000000002";

    private static final Duration SOON = Duration.ofSeconds(10);

    private final Belongings belongings = Belongings.open();
    private final NatBed bed = NatBed.make(belongings, Translation.EASY);

    @AfterEach
    void end() throws Exception {
        belongings.close();
    }

    private String linkLocalOfRouter() {
        String shown = bed.router().run("ip", "-6", "-oneline", "address", "show", "dev", "lan", "scope", "link");
        return shown.split("inet6 ", 2)[1].split("/", 2)[0];
    }

    private String firewall() {
        return bed.router().run("nft", "list", "chain", "inet", "filter", "miniupnpd");
    }

    private boolean holeIsOpen() {
        return firewall().lines().anyMatch(rule -> rule.contains("th dport " + PORT) && rule.contains(OURS_IN_A_RULE));
    }

    @Test
    void holeIsOpenedAndAfterARestartOpenedAgainAndClosedAtTheEnd() throws Exception {
        var gateway = MiniUpnpd.start(belongings, bed.router(), "lan", "wan", EnumSet.of(Speech.PCP));
        var mapper = MapperInside.open(bed.inside(), linkLocalOfRouter(), OURS);
        mapper.want(PORT);
        var mapping = mapper.awaitMapping(PORT, SOON);
        assertEquals(Protocol.PCP, mapping.source());
        assertEquals("[" + OURS + "]:" + PORT, mapping.external().toString());
        assertTrue(holeIsOpen(), firewall());

        // Its start is heard on ff02::1. It does not say over which link it announces itself; the router's routes do.
        bed.router().run("ip", "-6", "route", "add", "multicast", "ff02::1/128", "dev", "lan", "table", "local");
        gateway.kill();
        gateway.flush();
        gateway.startAgain();
        assertTrue(Pause.until(SOON, this::holeIsOpen), () -> firewall() + mapper.news() + gateway.log());

        assertEquals(Set.of(), mapper.stop());
        assertTrue(!holeIsOpen(), firewall());
        mapper.close();
    }
}
