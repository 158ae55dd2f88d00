package dev.reroam.recovery;

import dev.reroam.recovery.DeviceFacts.PortUse;

/** Was a tunnel alive before a change, and what is it like? Pure questions. */
final class Affected {

    private Affected() {}

    /** When it last showed life: received something or shook hands; {@link PeerFacts#NEVER} where never seen. */
    static long lastSign(TunnelState tunnel) {
        long read = Math.max(tunnel.facts().handshakeAt(), tunnel.activity().receivedAt());
        // An echo that was answered was received, though no reading has shown it yet.
        return Math.max(read, tunnel.lastProof().map(Proof::at).orElse(PeerFacts.NEVER));
    }

    /** Whether it received something or shook hands less than 180 s before {@code at}. */
    static boolean active(TunnelState tunnel, long at, RecoveryConfig config) {
        return within(lastSign(tunnel), at, config.activeFor());
    }

    /**
     * Whether a change concerns it: it is active; or an incident found it affected and it was not proved since; or its
     * repair was given up and WireGuard itself goes on sending to it, so that a refresh starts nothing new.
     */
    static boolean concerned(TunnelState tunnel, long at, RecoveryConfig config) {
        return active(tunnel, at, config)
                || switch (tunnel.standing()) {
                    case Standing.Resting resting -> false;
                    case Standing.Quiet quiet -> false;
                    case Standing.Held held -> true;
                    case Standing.Repairing repairing -> true;
                    case Standing.Stranded stranded ->
                        !stranded.parked() || stranded.damage().condition() != Condition.ASLEEP;
                    case Standing.GivenUp givenUp ->
                        givenUp.damage().condition() != Condition.ASLEEP
                                && within(tunnel.activity().filledSentAt(), at, config.activeFor());
                };
    }

    /** The column of the ladder's table. */
    static Condition condition(TunnelState tunnel, DeviceState device, long at, RecoveryConfig config) {
        return concerned(tunnel, at, config) ? wakeful(tunnel, device, at, config) : Condition.ASLEEP;
    }

    /** The same for one that an agent before this one found affected, whatever it shows now. */
    static Condition wakeful(TunnelState tunnel, DeviceState device, long at, RecoveryConfig config) {
        if (quiet(tunnel, at, config)) {
            return Condition.QUIET;
        }
        return device.facts().portUse() == PortUse.FIXED ? Condition.FIXED : Condition.AFFECTED;
    }

    private static boolean quiet(TunnelState tunnel, long at, RecoveryConfig config) {
        return !tunnel.facts().canBeAsked() && !within(tunnel.activity().filledSentAt(), at, config.activeFor());
    }

    private static boolean within(long instant, long at, long span) {
        return instant != PeerFacts.NEVER && at - instant < span;
    }
}
