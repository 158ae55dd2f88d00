package dev.reroam.tests.integration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.ip.IpFamily;
import dev.reroam.linux.libc.Clock;
import dev.reroam.linux.packet.Outlet;
import dev.reroam.stun.Outcome;
import dev.reroam.stun.Schedule;
import dev.reroam.stun.StunClient;
import dev.reroam.tests.lab.Belongings;
import dev.reroam.tests.lab.Coturn;
import dev.reroam.tests.lab.Plan;
import dev.reroam.tests.lab.Topology;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Asking from the port of a tunnel that is busy. Keeps the machine busy too: nothing that measures runs beside it. */
@Tag("bed1")
@Timeout(60)
class BorrowedPortTest {

    private static final String SERVER = "11.0.9.1";
    private static final double MOST_LOST_PERCENT = 2;
    private static final int QUESTIONS = 50;
    // Each answer sends the next: as much as the machine can carry, and never more than so many under way.
    private static final List<String> BULK = List.of("ping", "-q", "-f", "-l", "20", "-s", "1200", "-w", "4");
    private static final int BULK_PACKETS = 1000;
    private static final Pattern COUNTED = Pattern.compile("(\\d+) packets transmitted, (\\d+) received");

    private final Belongings belongings = Belongings.open();
    private final Topology net = Topology.make(Plan.standard(), belongings);

    @AfterEach
    void end() {
        belongings.close();
    }

    @Test
    void bulkTransferBesideQuestionsFromItsPortLosesAtMostTwoPercent() throws Exception {
        Coturn.start(belongings, net.internet(), List.of(SERVER));
        net.tunnel().awaitHandshake();
        var words = new ArrayList<>(BULK);
        words.add(net.tunnel().farInner());
        var bulk = net.router().start(words.toArray(String[]::new));
        int questions = 0;
        try (var inside = LoopInside.enter(net.router())) {
            var client = inside.on(
                    () -> new StunClient(inside.loop(), inside.descriptors(), Clock.system(), new SecureRandom()));
            for (; bulk.isAlive(); questions++) {
                ask(inside, client);
            }
            inside.run(client::close);
        }
        String said = new String(bulk.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        var counted = COUNTED.matcher(said);
        assertTrue(counted.find(), said);
        int sent = Integer.parseInt(counted.group(1));
        int received = Integer.parseInt(counted.group(2));
        assertTrue(sent > BULK_PACKETS, said);
        assertTrue((sent - received) * 100.0 / sent <= MOST_LOST_PERCENT, said);
        assertTrue(questions > QUESTIONS, "only " + questions + " questions");
    }

    private void ask(LoopInside inside, StunClient client) throws Exception {
        var outcome = new CompletableFuture<Outcome>();
        var outlet = new Outlet(
                IpAddress.parse(net.uplink(1).address(IpFamily.V4)),
                net.uplink(1).device(),
                0,
                0);
        inside.run(() -> client.askFrom(
                outlet,
                net.tunnel().routerPort(),
                new Endpoint(IpAddress.parse(SERVER), Coturn.PORT),
                Schedule.PROBE,
                outcome::complete));
        var answered = assertInstanceOf(Outcome.Answered.class, outcome.get(20, TimeUnit.SECONDS));
        assertEquals(
                net.uplink(1).publicAddress(IpFamily.V4),
                answered.mapped().address().toString());
    }
}
