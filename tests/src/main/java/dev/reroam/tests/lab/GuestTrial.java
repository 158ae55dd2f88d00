package dev.reroam.tests.lab;

import static dev.reroam.tests.lab.Template.fill;

import dev.reroam.linux.ip.IpFamily;
import java.time.Duration;
import java.util.Locale;

/**
 * One experiment to be made in the guest: a word on the command line of {@link GuestExperiments}. Immutable.
 *
 * @param fault its name in {@link Faults}
 * @param roundTrip what the far peer's end adds to each round trip: 0 is nothing
 * @param watched how long to wait for healing, by the guest's clock
 */
public record GuestTrial(
        String fault,
        Help help,
        WireGuardKind wireguard,
        IpFamily outer,
        Translation translation,
        Duration roundTrip,
        Duration watched) {

    private static final int WORDS = 7;

    /** Who is to heal the tunnel. */
    public enum Help {
        /** Nobody. */
        NONE,
        /** The agent, as its users run it. */
        AGENT,
        /** {@link EventScript}. */
        SCRIPT
    }

    /** What happens to the tunnel's packets on their way: the same names for both address families. */
    public enum Translation {
        /** IPv4: the router masquerades what it sends itself. IPv6: the ISPs route it. */
        USUAL,
        /** IPv4: what the router sends itself gets the uplink's address by SNAT. */
        SNAT,
        /** IPv4: the router does not translate what it sends itself. */
        NONE,
        /** IPv6: the ISPs translate it. */
        NAT66;

        /** Whether it is another network than the usual one for a tunnel of that family. */
        public boolean isUnusualFor(IpFamily outer) {
            return switch (this) {
                case USUAL -> false;
                case SNAT, NONE -> outer == IpFamily.V4;
                case NAT66 -> outer == IpFamily.V6;
            };
        }
    }

    public GuestTrial {
        if (Faults.named(fault).isEmpty()) {
            throw new IllegalArgumentException("no fault is called '" + fault + "'");
        }
    }

    /** Kernel WireGuard over IPv4, masqueraded, without delay. */
    public static GuestTrial of(Fault fault, Help help, Duration watched) {
        return new GuestTrial(
                fault.name(), help, WireGuardKind.KERNEL, IpFamily.V4, Translation.USUAL, Duration.ZERO, watched);
    }

    public GuestTrial withHelp(Help helper, Duration patience) {
        return new GuestTrial(fault, helper, wireguard, outer, translation, roundTrip, patience);
    }

    public GuestTrial withWireguard(WireGuardKind kind) {
        return new GuestTrial(fault, help, kind, outer, translation, roundTrip, watched);
    }

    public GuestTrial withOuter(IpFamily family) {
        return new GuestTrial(fault, help, wireguard, family, translation, roundTrip, watched);
    }

    public GuestTrial withTranslation(Translation other) {
        return new GuestTrial(fault, help, wireguard, outer, other, roundTrip, watched);
    }

    public GuestTrial withRoundTrip(Duration delay) {
        return new GuestTrial(fault, help, wireguard, outer, translation, delay, watched);
    }

    /** Whether its fault leaves the tunnel's packets in the address family that the trial names. */
    public boolean isOfItsFamily() {
        return Faults.named(fault).orElseThrow().planned().apply(plan()).outer() == outer;
    }

    /** The network that it asks for, before the fault's own wishes. */
    Plan plan() {
        var plan = Plan.standard().withWireguard(wireguard).withOuter(outer);
        return switch (translation) {
            case USUAL -> plan;
            case SNAT -> plan.withOwnTranslation(OwnTranslation.SNAT);
            case NONE -> plan.withOwnTranslation(OwnTranslation.NONE);
            case NAT66 -> plan.withNat66();
        };
    }

    /** The fault, on a network with the delay. */
    Fault delayedFault() {
        var known = Faults.named(fault).orElseThrow();
        return roundTrip.isZero()
                ? known
                : known.prepared(net -> {
                    known.prepare().accept(net);
                    net.far().run("tc", "qdisc", "add", "dev", "out", "root", "netem", "delay", millis(roundTrip));
                });
    }

    /** The word that {@link #parse} reads. */
    String word() {
        return fill(
                        "%s/%s/%s/%s/%s/%d/%d",
                        fault, help, wireguard, outer, translation, roundTrip.toMillis(), watched.toMillis())
                .toLowerCase(Locale.ROOT);
    }

    /** Reads what {@link #word()} wrote. @throws IllegalArgumentException where nobody can have written it */
    static GuestTrial parse(String word) {
        var parts = word.toUpperCase(Locale.ROOT).split("/", -1);
        if (parts.length != WORDS) {
            throw new IllegalArgumentException("not a trial: " + word);
        }
        return new GuestTrial(
                parts[0].toLowerCase(Locale.ROOT),
                Help.valueOf(parts[1]),
                WireGuardKind.valueOf(parts[2]),
                IpFamily.valueOf(parts[3]),
                Translation.valueOf(parts[4]),
                Duration.ofMillis(Long.parseLong(parts[5])),
                Duration.ofMillis(Long.parseLong(parts[6])));
    }

    private static String millis(Duration duration) {
        return duration.toMillis() + "ms";
    }

    @Override
    public String toString() {
        return word();
    }
}
