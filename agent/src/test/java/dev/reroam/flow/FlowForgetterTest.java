package dev.reroam.flow;

import static dev.reroam.flow.Flows.LAN;
import static dev.reroam.flow.Flows.WAN1;
import static dev.reroam.flow.Flows.WAN2;
import static dev.reroam.flow.Flows.request;
import static dev.reroam.flow.Flows.sent;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.linux.conntrack.Flow;
import dev.reroam.linux.libc.Clock;
import dev.reroam.linux.libc.Errno;
import dev.reroam.linux.libc.LinuxException;
import dev.reroam.tunnel.wireguard.TestLoop;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FlowForgetterTest {

    private static final Flow HEALTHY = sent(1, WAN2, WAN2, true);
    private static final Flow BOUND = sent(2, LAN, WAN1, true);
    private static final Flow SILENT = sent(3, Flows.DUMMY, Flows.DUMMY, false);
    private static final Flow FOREIGN = sent(4, "192.168.77.10", WAN1, false);

    private final TestLoop loop = new TestLoop();

    @AfterEach
    void endTheLoop() {
        loop.close();
    }

    private FlowOutcome forget(FlowTable.Opener tables, BooleanSupplier wanted) throws Exception {
        var outcome = new CompletableFuture<FlowOutcome>();
        loop.on(() -> {
            new FlowForgetter(loop.loop(), Clock.system(), tables).forget(request(), wanted, outcome::complete);
            return true;
        });
        return outcome.get(10, TimeUnit.SECONDS);
    }

    private FlowOutcome forget(FakeFlowTable table) throws Exception {
        return forget(() -> Optional.of(table), () -> true);
    }

    @Test
    void forgetsTheStaleOnesAndNothingElse() throws Exception {
        var table = new FakeFlowTable(HEALTHY, BOUND, SILENT, FOREIGN);
        var outcome = forget(table);
        assertEquals(
                new FlowOutcome.Forgotten(
                        List.of(
                                new StaleFlow(BOUND, Staleness.OTHER_UPLINK),
                                new StaleFlow(SILENT, Staleness.UNREPLIED)),
                        0),
                outcome);
        assertEquals(List.of(HEALTHY, FOREIGN), table.flows);
        assertTrue(table.closed);
    }

    @Test
    void nothingStaleIsAnOutcomeOfItsOwn() throws Exception {
        var table = new FakeFlowTable(HEALTHY, FOREIGN);
        assertEquals(new FlowOutcome.NothingStale(1), forget(table));
        assertEquals(List.of(HEALTHY, FOREIGN), table.flows);
        assertEquals(new FlowOutcome.NothingStale(0), forget(new FakeFlowTable()));
        assertTrue(table.closed);
    }

    @Test
    void whatRanOutMeanwhileIsCounted() throws Exception {
        var table = new FakeFlowTable(BOUND, SILENT);
        table.vanishing.add(BOUND.id());
        assertEquals(new FlowOutcome.Forgotten(List.of(new StaleFlow(SILENT, Staleness.UNREPLIED)), 1), forget(table));
    }

    @Test
    void refusalSaysWhatWasForgottenBefore() throws Exception {
        var table = new FakeFlowTable(BOUND, SILENT);
        table.refused.add(SILENT.id());
        assertEquals(
                new FlowOutcome.Refused(
                        "forget flow " + SILENT.original(),
                        "EBUSY",
                        "",
                        List.of(new StaleFlow(BOUND, Staleness.OTHER_UPLINK))),
                forget(table));
        assertTrue(table.closed);
    }

    @Test
    void kernelWithoutTrackingAndOneThatRefusesAreToldApart() throws Exception {
        assertEquals(new FlowOutcome.NoTracking(), forget(Optional::empty, () -> true));
        assertEquals(
                new FlowOutcome.Refused("ask for the count of flows", "EPERM", "", List.of()),
                forget(
                        () -> {
                            throw new LinuxException("ask for the count of flows", Errno.EPERM);
                        },
                        () -> true));
    }

    @Test
    void whatIsNotWantedAnyMoreIsLeftAlone() throws Exception {
        var table = new FakeFlowTable(BOUND);
        assertEquals(new FlowOutcome.NotWanted(), forget(() -> Optional.of(table), () -> false));
        assertEquals(List.of(BOUND), table.flows);
        assertTrue(table.closed);
    }

    @Test
    void largeTableIsReadInManyTurns() throws Exception {
        var table = new FakeFlowTable(HEALTHY, BOUND);
        table.pieces = 100;
        var outcome = new CompletableFuture<FlowOutcome>();
        var between = new CompletableFuture<Integer>();
        loop.on(() -> {
            new FlowForgetter(loop.loop(), Clock.system(), () -> Optional.of(table))
                    .forget(request(), () -> true, outcome::complete);
            loop.loop().execute(() -> between.complete(table.advances));
            return true;
        });
        assertTrue(between.get(10, TimeUnit.SECONDS) < 100, "others have their turn");
        assertEquals(
                new FlowOutcome.Forgotten(List.of(new StaleFlow(BOUND, Staleness.OTHER_UPLINK)), 0),
                outcome.get(10, TimeUnit.SECONDS));
        assertEquals(2, table.readings);
        assertEquals(200, table.advances);
    }

    @Test
    void closingGivesUpWhatIsUnderWay() throws Exception {
        var table = new FakeFlowTable(BOUND);
        table.pieces = 2;
        var outcome = new CompletableFuture<FlowOutcome>();
        loop.on(() -> {
            var forgetter = new FlowForgetter(loop.loop(), Clock.system(), () -> Optional.of(table));
            forgetter.forget(request(), () -> true, outcome::complete);
            forgetter.close();
            return true;
        });
        loop.on(() -> true);
        assertFalse(outcome.isDone());
        assertTrue(table.closed);
        assertEquals(List.of(BOUND), table.flows);
    }
}
