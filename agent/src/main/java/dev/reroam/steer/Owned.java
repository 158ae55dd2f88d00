package dev.reroam.steer;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpFamily;
import dev.reroam.linux.ip.IpPrefix;
import dev.reroam.linux.route.Hop;
import dev.reroam.linux.route.Route;
import dev.reroam.linux.route.Rule;
import dev.reroam.linux.route.RuleAction;
import dev.reroam.network.OwnNumbers;
import dev.reroam.uplink.Uplink;
import java.util.Optional;
import java.util.OptionalInt;

/** A rule or a route that is Reroam's by its numbers; nothing else can be made one. Immutable. */
public sealed interface Owned {

    /** Its address family. */
    IpFamily family();

    /** A rule of ours. */
    record OwnRule(Rule rule) implements Owned {

        /** RFC 1112 section 4: class E is nobody's address. RFC 863: the port that discards. */
        private static final Endpoint NOWHERE = Endpoint.parse("240.0.0.1:9");

        /** No route is ever made here: what a rule sends into it goes on with the next rule. */
        static final int EMPTY_TABLE = OwnNumbers.FIRST_TABLE;

        /** The name by which a rule knows packets that this box itself sends. */
        private static final Optional<String> SENT_HERE = Optional.of("lo");

        public OwnRule {
            if (!OwnNumbers.own(rule)) {
                throw new IllegalArgumentException("not a rule of ours: " + rule);
            }
        }

        /** For what this box sends to a UDP endpoint, and for nothing else: not for what it forwards there. */
        static OwnRule steering(Endpoint to, long preference, int table) {
            return new OwnRule(Rule.udp(to, SENT_HERE, preference, table, OwnNumbers.PROTOCOL));
        }

        /** For what this box itself sends with a mark. */
        static OwnRule marked(Subject.Marked of, long preference, int table) {
            return new OwnRule(Rule.lookup(
                    of.family(),
                    Optional.empty(),
                    Optional.of(of.mark()),
                    SENT_HERE,
                    OptionalInt.empty(),
                    preference,
                    table,
                    OwnNumbers.PROTOCOL));
        }

        /** The same marked packets go on to the LAN, and wherever else a route leads that is no default route. */
        static OwnRule localWays(Subject.Marked of, long preference) {
            return new OwnRule(Rule.lookup(
                    of.family(),
                    Optional.empty(),
                    Optional.of(of.mark()),
                    SENT_HERE,
                    OptionalInt.of(0),
                    preference,
                    Route.TABLE_MAIN,
                    OwnNumbers.PROTOCOL));
        }

        /**
         * What has the uplink's address leaves by it. A packet's answer has no mark, and strict rp_filter asks which way its source
         * lies from the address that it came to: net/ipv4/fib_frontend.c {@code __fib_validate_source}.
         */
        static OwnRule answered(Uplink uplink, long preference, int table) {
            return new OwnRule(Rule.lookup(
                    uplink.family(),
                    Optional.of(IpPrefix.host(uplink.source())),
                    Optional.empty(),
                    SENT_HERE,
                    OptionalInt.empty(),
                    preference,
                    table,
                    OwnNumbers.PROTOCOL));
        }

        /**
         * The rule that does nothing, so that the others get replies. Under strict rp_filter the kernel looks up which way
         * an answer's source lies, and looks at its ports only where a rule that names ports is not for {@code lo} alone:
         * include/net/ip_fib.h {@code fib4_rules_early_flow_dissect}, net/core/fib_rules.c {@code
         * fib_rule_requires_fldissect}. IPv6 has no rp_filter.
         */
        static OwnRule companion(long preference) {
            return new OwnRule(Rule.udp(NOWHERE, Optional.empty(), preference, EMPTY_TABLE, OwnNumbers.PROTOCOL));
        }

        @Override
        public IpFamily family() {
            return rule.family();
        }

        /** Whether it moves no packet by itself, whatever its preference: {@link #companion} or {@link #localWays}. */
        boolean isCompanion() {
            return rule.equals(companion(rule.preference()).rule) || rule.table() == Route.TABLE_MAIN;
        }

        /** Whether it is the same but for its preference. */
        boolean isLike(OwnRule other) {
            return rule.at(other.rule.preference()).equals(other.rule);
        }

        /** Whose packets it steers; empty where it does not look like one of {@link #steering} or {@link #marked}. */
        Optional<Subject> subject() {
            Optional<Subject> marked = rule.mark()
                    .map(mark -> new Subject.Marked(rule.family(), mark))
                    .filter(of -> rule.table() != Route.TABLE_MAIN
                            && rule.equals(marked(of, rule.preference(), rule.table()).rule))
                    .map(of -> of);
            return marked.or(() -> endpoint().map(Subject.To::new));
        }

        private Optional<Endpoint> endpoint() {
            return rule.destination()
                    .filter(IpPrefix::isHost)
                    .flatMap(to ->
                            rule.destinationPorts().map(ports -> new Endpoint(to.address(), (int) ports.first())))
                    .filter(to -> rule.equals(steering(to, rule.preference(), rule.table()).rule));
        }

        @Override
        public String toString() {
            return "rule " + rule.preference() + " of "
                    + subject().map(Subject::toString).orElse("nobody")
                    + (rule.action().equals(RuleAction.LOOKUP) ? " to table " + rule.table() : "");
        }
    }

    /** A route of ours: the only one of its table. */
    record OwnRoute(Route route) implements Owned {

        /** Not 0, which IPv6 takes for 1024 and IPv4, in a deletion, for any. */
        private static final long PRIORITY = 1;

        public OwnRoute {
            if (!OwnNumbers.own(route)) {
                throw new IllegalArgumentException("not a route of ours: " + route);
            }
        }

        /**
         * The default route by an uplink. That its gateway can be reached is known from the route that it was found in, and
         * not looked up again in a table that has no other route.
         */
        static OwnRoute by(Uplink uplink, int table) {
            return new OwnRoute(Route.everything(
                    Hop.onLink(uplink.interfaceIndex(), uplink.gateway()),
                    uplink.source(),
                    table,
                    PRIORITY,
                    OwnNumbers.PROTOCOL));
        }

        @Override
        public IpFamily family() {
            return route.family();
        }

        /** Whether it is {@link #by} this uplink, whatever the kernel says of the link's state. */
        boolean leadsBy(Uplink uplink) {
            return route.isDefault()
                    && route.family() == uplink.family()
                    && route.preferredSource().equals(Optional.of(uplink.source()))
                    && route.hops().size() == 1
                    && route.hops().getFirst().link() == uplink.interfaceIndex()
                    && route.hops().getFirst().gateway().equals(uplink.gateway());
        }

        @Override
        public String toString() {
            return "route " + route.destination() + " of table " + route.table();
        }
    }
}
