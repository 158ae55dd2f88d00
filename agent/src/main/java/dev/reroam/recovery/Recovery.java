package dev.reroam.recovery;

import java.util.OptionalLong;

/** The pure brain: what is to be done about what was seen. Holds no state of its own: safe from any thread. */
public final class Recovery {

    private final Ladder ladder;
    private final RecoveryConfig config;

    /** A brain that goes by this table and these numbers. */
    public Recovery(Ladder ladder, RecoveryConfig config) {
        this.ladder = ladder;
        this.config = config;
    }

    /**
     * Takes one fact in. Total: any observation in any state leads to a next state.
     *
     * @param now monotonic nanoseconds; never smaller than in the step before
     */
    public Step step(RecoveryState state, Observation observation, long now) {
        var draft = new Draft(ladder, config, state, now);
        var repairs = new Repairs(draft);
        switch (observation) {
            case Observation.PathsSeen seen -> new PathSigns(draft, repairs, seen).take();
            case Observation.DeviceSeen seen -> new DeviceSigns(draft, repairs).take(seen);
            case Observation.DeviceGone gone -> new DeviceSigns(draft, repairs).gone(gone.device(), gone.why());
            case Observation.RepairEnded ended -> Outcomes.take(draft, repairs, ended);
            case Observation.EchoAnswered answer -> Proving.echo(draft, repairs, answer);
            case Observation.EchoRefused refused -> Proving.echoRefused(draft, refused);
            case Observation.ThroughAnswered answer -> Proving.through(draft, repairs, answer);
            case Observation.PublicSeen seen -> new Upstream(draft, repairs).take(seen);
            case Observation.GatewayForgot forgot -> new Upstream(draft, repairs).take(forgot);
            case Observation.GatewayMoved moved -> new Upstream(draft, repairs).take(moved);
            case Observation.UplinkHeard heard -> new UplinkSigns(draft, repairs).take(heard);
            case Observation.UplinkUnheard unheard -> new UplinkSigns(draft, repairs).take(unheard);
            case Observation.GatewaySeen seen -> new UplinkSigns(draft, repairs).take(seen);
            case Observation.WaysSeen ways -> new UplinkSigns(draft, repairs).take(ways);
            case Observation.HostRouteSeen seen -> Pinned.take(draft, seen);
            case Observation.TrafficSeen seen -> new Suspecting(draft, repairs).take(seen);
            case Observation.NameSeen seen -> new NameSigns(draft, repairs).take(seen);
            case Observation.MtuSeen seen -> Mtus.take(draft, seen);
            case Observation.RecoverAsked asked -> Asking.take(draft, repairs, asked);
            case Observation.Interrupted interrupted -> Interruption.take(draft, repairs, interrupted);
            case Observation.NodeSeen seen -> Nodes.take(draft, seen);
            case Observation.NodeGone gone -> Nodes.gone(draft, gone.why());
            case Observation.NodeKicked kicked -> Nodes.take(draft, kicked);
            case Observation.NodePinged pinged -> Nodes.take(draft, pinged);
            case Observation.NodeSteered steered -> NodeSteering.take(draft, steered);
            case Observation.ControlSeen seen -> NodeControl.take(draft, seen);
            case Observation.Woke woke -> Waking.take(draft, repairs, woke);
            case Observation.TimePassed passed -> {}
        }
        return draft.finish(new Due(draft, repairs).run());
    }

    /**
     * Whether a repair that was asked for is still to be made. Asked by ACT when all that must precede the change is done,
     * such as writing it down, which may take seconds: a tunnel that was proved meanwhile must not lose its port.
     *
     * @param now monotonic nanoseconds; never smaller than in the step before
     */
    public boolean wants(RecoveryState state, Action.Repair asked, long now) {
        var draft = new Draft(ladder, config, state, now);
        var climbing = new Climbing(draft, new Repairs(draft));
        return switch (asked) {
            case Action.Rebind rebind -> climbing.wants(Rung.REBIND, rebind);
            case Action.NewPort newPort -> climbing.wants(Rung.NEW_PORT, newPort);
            case Action.RestartOwner restart -> climbing.wants(Rung.RESTART_OWNER, restart);
            case Action.Refresh refresh -> true;
            case Action.RestorePort restore -> true;
            case Action.KeepPort keep -> true;
            case Action.ForgetFlows forget -> true;
            case Action.RewriteSourcePorts rewrite -> climbing.wants(Rung.SOURCE_PORT, rewrite);
            case Action.RestoreSourcePorts restore -> true;
            case Action.SetMtu set -> true;
            case Action.Steer steer -> true;
            case Action.Unsteer unsteer -> true;
            case Action.SetEndpoint set -> new Resolving(draft, new Repairs(draft)).wants(set);
        };
    }

    /** When {@link Observation.TimePassed} is due, monotonic nanoseconds; empty while nothing is awaited. */
    public OptionalLong nextDeadline(RecoveryState state) {
        long deadline = state.deadline();
        return deadline == Attempt.NONE ? OptionalLong.empty() : OptionalLong.of(deadline);
    }
}
