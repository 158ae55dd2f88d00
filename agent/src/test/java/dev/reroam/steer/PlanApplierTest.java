package dev.reroam.steer;

import static dev.reroam.steer.Ways.FAR;
import static dev.reroam.steer.Ways.FAR_V6;
import static dev.reroam.steer.Ways.MARKED;
import static dev.reroam.steer.Ways.OTHER;
import static dev.reroam.steer.Ways.WAN1;
import static dev.reroam.steer.Ways.WAN2;
import static dev.reroam.steer.Ways.WAN2_V6;
import static dev.reroam.steer.Ways.to;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpFamily;
import dev.reroam.linux.ip.IpPrefix;
import dev.reroam.linux.route.Route;
import dev.reroam.linux.route.RouteProtocol;
import dev.reroam.linux.route.Rule;
import dev.reroam.network.OwnNumbers;
import dev.reroam.steer.Owned.OwnRoute;
import dev.reroam.steer.Owned.OwnRule;
import dev.reroam.steer.SteerOutcome.Done;
import dev.reroam.steer.SteerOutcome.Refused;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlanApplierTest {

    private static final RouteProtocol FOREIGN = new RouteProtocol(99);
    private static final SteerPlan ONE = SteerPlan.NONE.with(to(FAR), WAN2);

    private final FakeSteerKernel kernel = new FakeSteerKernel();
    private final PlanApplier applier = new PlanApplier(kernel);

    @AfterEach
    void noPacketWentAstray() {
        assertEquals(List.of(), kernel.astray);
    }

    private static Rule foreign(Endpoint to, long preference, int table, RouteProtocol protocol) {
        return Rule.udp(to, Optional.of("lo"), preference, table, protocol);
    }

    @Test
    void makesTheWayBeforeTheRuleThatLeadsThere() {
        assertEquals(new Done(3), applier.apply(ONE));
        assertEquals(
                List.of(
                        "make rule 700 of nobody to table 70700",
                        "make route 0.0.0.0/0 of table 70701",
                        "make rule 700 of 11.0.9.9:51820 to table 70701"),
                kernel.done);
    }

    @Test
    void appliedTwiceItChangesNothing() {
        var plan = ONE.with(to(FAR_V6), WAN2_V6).with(to(OTHER), WAN1);
        applier.apply(plan);
        assertEquals(new Done(0), applier.apply(plan));
    }

    @Test
    void ipv6NeedsNoCompanion() {
        applier.apply(SteerPlan.NONE.with(to(FAR_V6), WAN2_V6));
        assertEquals(
                List.of("make route ::/0 of table 70701", "make rule 700 of [2a0f:9::9]:51820 to table 70701"),
                kernel.done);
    }

    @Test
    void takesTheRuleBackBeforeTheWay() {
        applier.apply(ONE);
        kernel.takeDone();
        assertEquals(new Done(3), applier.apply(SteerPlan.NONE));
        assertEquals(
                List.of(
                        "remove rule 700 of 11.0.9.9:51820 to table 70701",
                        "remove route 0.0.0.0/0 of table 70701",
                        "remove rule 700 of nobody to table 70700"),
                kernel.done);
        assertEquals(List.of(), kernel.rules);
        assertEquals(List.of(), kernel.routes);
    }

    @Test
    void movesAnEndpointWithoutAMomentWithoutAWay() {
        applier.apply(ONE);
        kernel.takeDone();
        assertEquals(new Done(4), applier.apply(ONE.with(to(FAR), WAN1)));
        assertEquals(
                List.of(
                        "make route 0.0.0.0/0 of table 70702",
                        "make rule 700 of 11.0.9.9:51820 to table 70702",
                        "remove rule 700 of 11.0.9.9:51820 to table 70701",
                        "remove route 0.0.0.0/0 of table 70701"),
                kernel.done);
    }

    @Test
    void endpointsOfOneUplinkShareItsTable() {
        applier.apply(ONE.with(to(OTHER), WAN2));
        assertEquals(1, kernel.routes.size());
        kernel.takeDone();
        applier.apply(ONE);
        assertEquals(List.of("remove rule 700 of 11.0.9.8:51821 to table 70701"), kernel.done);
    }

    @Test
    void markedPacketsKeepTheLocalWaysAndTheirAnswersAreLetIn() {
        assertEquals(new Done(4), applier.apply(SteerPlan.NONE.with(MARKED, WAN2)));
        assertEquals(
                List.of(
                        "make rule 700 of nobody to table 254",
                        "make route 0.0.0.0/0 of table 70701",
                        "make rule 701 of nobody to table 70701",
                        "make rule 701 of IPv4 packets marked 0x80000/0xff0000 to table 70701"),
                kernel.takeDone());
        assertEquals(
                Optional.of(IpPrefix.host(WAN2.source())), kernel.rules.get(1).source());
        assertEquals(Set.of(), kernel.present().missing(SteerPlan.NONE.with(MARKED, WAN2)));
        assertEquals(new Done(0), applier.apply(SteerPlan.NONE.with(MARKED, WAN2)));
        kernel.takeDone();
        assertEquals(new Done(6), applier.apply(SteerPlan.NONE.with(MARKED, WAN1)));
        assertEquals(Set.of((Subject) MARKED), kernel.present().missing(SteerPlan.NONE.with(MARKED, WAN2)));
        kernel.takeDone();
        assertEquals(new Done(4), applier.apply(SteerPlan.NONE));
        assertEquals("remove rule 700 of nobody to table 254", kernel.takeDone().getLast());
        assertEquals(List.of(), kernel.rules);
    }

    @Test
    void markedPacketsAndEndpointsShareWhatTheyCan() {
        var both = ONE.with(MARKED, WAN2);
        applier.apply(both);
        assertEquals(1, kernel.routes.size());
        assertEquals(5, kernel.rules.size(), kernel.rules::toString);
        assertEquals(new Done(0), applier.apply(both));
        applier.apply(SteerPlan.NONE.with(MARKED, WAN2));
        assertEquals(3, kernel.rules.size(), kernel.rules::toString);
    }

    @Test
    void everybodysMarkIsNotSteered() {
        var everybody = new Subject.Marked(IpFamily.V4, new Rule.MarkCondition(0, 0xff0000));
        assertThrows(IllegalArgumentException.class, () -> SteerPlan.NONE.with(everybody, WAN2));
    }

    @Test
    void leavesNumbersThatAreTakenToWhoHasThem() {
        kernel.foreign(foreign(FAR, 700, 70_701, FOREIGN));
        kernel.foreign(foreign(OTHER, 701, 70_700, FOREIGN));
        kernel.foreign(foreign(OTHER, 5000, 70_702, OwnNumbers.PROTOCOL));
        var before = List.copyOf(kernel.rules);
        applier.apply(ONE);
        assertTrue(kernel.done.contains("make rule 702 of 11.0.9.9:51820 to table 70703"), kernel.done::toString);
        applier.apply(SteerPlan.NONE);
        assertEquals(before, kernel.rules);
    }

    @Test
    void leavesATableWithSomebodysRoute() {
        var hop = OwnRoute.by(WAN1, 70_701).route().hops().getFirst();
        kernel.routes.add(Route.everything(hop, WAN1.source(), 70_701, 1, FOREIGN));
        applier.apply(ONE);
        assertTrue(kernel.done.contains("make route 0.0.0.0/0 of table 70702"), kernel.done::toString);
        applier.apply(SteerPlan.NONE);
        assertEquals(1, kernel.routes.size());
    }

    @Test
    void saysThatThereIsNoRoom() {
        for (int preference = 700; preference <= 799; preference++) {
            kernel.foreign(foreign(FAR, preference, 254, FOREIGN));
        }
        var refused = assertInstanceOf(Refused.class, applier.apply(ONE));
        assertEquals("each rule preference from 700 to 799 is somebody else's", refused.message());
        assertEquals(100, kernel.rules.size());
        assertEquals(new Done(2), applier.apply(SteerPlan.NONE.with(to(FAR_V6), WAN2_V6)));
    }

    /** What a crash left, whatever it is, if all of its numbers are ours. */
    @Test
    void sweepsWhatIsOursAndNothingElse() {
        applier.apply(ONE.with(to(FAR_V6), WAN2_V6));
        var odd = new OwnRule(Rule.udp(OTHER, Optional.empty(), 744, 70_709, OwnNumbers.PROTOCOL));
        kernel.foreign(odd.rule());
        var alike = List.of(
                foreign(OTHER, 744, 70_709, FOREIGN),
                foreign(OTHER, 800, 70_709, OwnNumbers.PROTOCOL),
                foreign(OTHER, 744, 70_716, OwnNumbers.PROTOCOL));
        alike.forEach(kernel::foreign);
        applier.apply(SteerPlan.NONE);
        assertEquals(Set.copyOf(alike), Set.copyOf(kernel.rules));
        assertEquals(List.of(), kernel.routes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"make rule 700 of nobody", "make route", "make rule 700 of 11.0.9.9"})
    void undoesItsHalfWhereTheKernelSaysNo(String refused) {
        kernel.refuse(what -> what.startsWith(refused));
        var outcome = assertInstanceOf(Refused.class, applier.apply(ONE));
        assertEquals("EINTR", outcome.errno());
        assertEquals(List.of(), kernel.rules);
        assertEquals(List.of(), kernel.routes);
    }

    @Test
    void anEndpointThatCannotLeaveStaysWhereItWas() {
        applier.apply(ONE);
        var before = List.copyOf(kernel.rules);
        kernel.refuse(what -> what.equals("remove rule 700 of 11.0.9.9:51820 to table 70701"));
        assertInstanceOf(Refused.class, applier.apply(ONE.with(to(FAR), WAN1)));
        assertEquals(before, kernel.rules);
        assertEquals(1, kernel.routes.size());
    }

    @Test
    void withdrawsWhatItCanAndKeepsWhatTheRestStandsOn() {
        applier.apply(ONE.with(to(OTHER), WAN1));
        kernel.refuse(what -> what.startsWith("remove rule 700 of 11.0.9.9"));
        assertInstanceOf(Refused.class, applier.apply(SteerPlan.NONE));
        assertEquals(
                Set.of(Optional.of(to(FAR)), Optional.empty()),
                new HashSet<>(kernel.rules.stream()
                        .map(rule -> new OwnRule(rule).subject())
                        .toList()));
        kernel.refuse(what -> false);
        applier.apply(SteerPlan.NONE);
        assertEquals(List.of(), kernel.rules);
        assertEquals(List.of(), kernel.routes);
    }

    @Test
    void anUnreadableKernelIsNotChanged() {
        kernel.refuse(what -> what.equals("read"));
        assertInstanceOf(Refused.class, applier.apply(ONE));
        assertEquals(List.of(), kernel.done);
        assertEquals(Optional.empty(), applier.present());
    }

    /** Whatever is planned, refused and meddled with: nobody else's goes, no packet goes astray, and a last plan comes true. */
    @Test
    void anyOrderOfPlansAndRefusals() {
        long seed = Long.getLong("seed", new Random().nextLong());
        var random = new Random(seed);
        System.out.println("seed " + seed);
        var alike = List.of(
                foreign(FAR, 700, 70_701, FOREIGN),
                foreign(OTHER, 720, 254, OwnNumbers.PROTOCOL),
                foreign(OTHER, 990, 70_702, OwnNumbers.PROTOCOL));
        for (int round = 0; round < 300; round++) {
            kernel.rules.clear();
            kernel.routes.clear();
            alike.forEach(kernel::foreign);
            for (int i = 0; i < 8; i++) {
                int percent = random.nextInt(40);
                kernel.refuse(what -> random.nextInt(100) < percent);
                applier.apply(plan(random));
            }
            kernel.refuse(what -> false);
            var last = plan(random);
            applier.apply(last);
            assertEquals(Set.of(), kernel.present().missing(last));
            assertEquals(new Done(0), applier.apply(last));
            applier.apply(SteerPlan.NONE);
            assertEquals(new HashSet<>(alike), new HashSet<>(kernel.rules));
            assertEquals(List.of(), kernel.routes);
        }
    }

    private static SteerPlan plan(Random random) {
        var plan = SteerPlan.NONE;
        for (var endpoint : List.of(to(FAR), to(OTHER), to(FAR_V6), MARKED)) {
            var uplinks = endpoint.family() == IpFamily.V4 ? List.of(WAN1, WAN2) : List.of(WAN2_V6);
            if (random.nextBoolean()) {
                plan = plan.with(endpoint, uplinks.get(random.nextInt(uplinks.size())));
            }
        }
        return plan;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[fe80::1]:1",
                "169.254.1.1:1",
                "127.0.0.1:1",
                "[::1]:1",
                "224.0.0.1:1",
                "[ff02::1]:1",
                "0.0.0.0:1",
                "[::]:1",
                "192.0.2.1:0"
            })
    void whatHasNoOtherWayIsNotSteered(String endpoint) {
        assertThrows(
                IllegalArgumentException.class,
                () -> new SteerPlan(java.util.Map.of(to(Endpoint.parse(endpoint)), WAN1)));
    }

    @Test
    void onlyWhatIsOursByAllNumbersIsOwned() {
        var rules = new ArrayList<>(List.of(
                foreign(FAR, 700, 70_701, FOREIGN),
                foreign(FAR, 699, 70_701, OwnNumbers.PROTOCOL),
                foreign(FAR, 700, 254, OwnNumbers.PROTOCOL)));
        rules.forEach(rule -> assertThrows(IllegalArgumentException.class, () -> new OwnRule(rule)));
    }
}
