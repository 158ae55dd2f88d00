package dev.reroam;

import dev.reroam.ledger.Ledger;
import dev.reroam.network.NetworkMonitor;
import dev.reroam.recovery.Action;
import dev.reroam.recovery.Observation;
import dev.reroam.recovery.Observation.RepairOutcome;
import dev.reroam.recovery.Recovery;
import dev.reroam.tunnel.wireguard.act.OwnerRestart;
import dev.reroam.tunnel.wireguard.act.WireGuardRepair;
import dev.reroam.tunnel.wireguard.see.DeviceWatch;

/** Who does what the brain wishes; what came of it goes back. Confined to the agent's loop. */
final class Performer {

    /** All that can be asked to do something. */
    record Hands(
            AgentApi api,
            RecoveryLoop brain,
            Recovery recovery,
            WireGuardRepair repair,
            LedgerSweep sweep,
            Ledger ledger,
            FlowRepairs flows,
            PortRewrites rewrites,
            DeviceMtus mtus,
            OwnerRestart owners,
            SteerRepairs steer,
            Redials redials,
            TunnelEchoes echo,
            Outlook outlook,
            OuterSizes sizes,
            EndpointNames names,
            DeviceWatch devices,
            NetworkMonitor network,
            Unfinished unfinished,
            NodeOutlook node) {}

    private final Hands hands;

    Performer(Hands hands) {
        this.hands = hands;
    }

    void perform(Action action) {
        switch (action) {
            case Action.Setting asked -> set(asked);
            case Action.ForgetFlows asked -> {
                hands.api.countRepair();
                hands.flows.perform(asked, hands.outlook::seekGatewaysAnew, outcome -> ended(asked, outcome));
            }
            case Action.Steer asked -> {
                hands.api.countRepair();
                hands.steer.perform(asked, outcome -> ended(asked, outcome));
            }
            case Action.RewriteSourcePorts asked -> {
                hands.api.countRepair();
                hands.rewrites.perform(asked, outcome -> ended(asked, outcome));
            }
            case Action.RestoreSourcePorts asked -> hands.rewrites.perform(asked, outcome -> ended(asked, outcome));
            case Action.SetMtu asked -> {
                hands.api.countRepair();
                hands.mtus.perform(asked, outcome -> ended(asked, outcome));
            }
            case Action.RestartOwner asked -> {
                hands.api.countRepair();
                hands.owners.perform(asked, () -> isWanted(asked), outcome -> ended(asked, outcome));
            }
            case Action.Unsteer asked -> hands.steer.perform(asked, outcome -> ended(asked, outcome));
            case Action.SendEcho asked -> {
                hands.api.countEcho();
                hands.echo.send(asked);
            }
            case Action.AskThroughTunnel asked -> hands.outlook.ask(asked);
            case Action.AskUplink asked -> hands.outlook.ask(asked);
            case Action.MeasureMtu asked -> hands.sizes.perform(asked);
            case Action.AskName asked -> hands.names.perform(asked);
            case Action.EndConnections asked -> hands.redials.perform(asked);
            case Action.SpareConnections asked -> hands.redials.isBack(asked);
            case Action.KickNode asked -> {
                hands.api.countRepair();
                hands.node.perform(asked);
            }
            case Action.SteerNode asked -> {
                hands.api.countRepair();
                hands.steer.perform(asked);
            }
            case Action.UnsteerNode asked -> hands.steer.perform(asked);
            case Action.ForgetNodeFlows asked -> hands.flows.perform(asked);
            case Action.PingNode asked -> hands.node.perform(asked);
            case Action.EndNodeConnections asked -> hands.node.perform(asked);
            case Action.EndControl asked -> hands.node.perform(asked);
            case Action.ReadDevice asked -> hands.devices.read(asked.device());
            case Action.AskHostRoute asked ->
                hands.network
                        .hostRoute(asked.tunnel())
                        .ifPresent(route -> hands.brain.observe(new Observation.HostRouteSeen(asked.tunnel(), route)));
            case Action.UnderRepair asked -> hands.unfinished.begin(asked);
            case Action.RepairOver asked -> hands.unfinished.over(asked.device());
            case Action.AskPaths asked -> hands.network.askAgain();
            case Action.Note note -> {
                if (note.kind() == Action.NoteKind.OPENED) {
                    hands.api.countIncident();
                }
            }
        }
    }

    private void set(Action.Setting asked) {
        hands.api.countRepair();
        hands.sweep.onRepair(asked);
        hands.repair.perform(asked, () -> isWanted(asked), outcome -> {
            hands.sweep.onOutcome(asked, outcome, hands.ledger.entries());
            ended(asked, outcome);
        });
    }

    private boolean isWanted(Action.Repair asked) {
        return hands.recovery.wants(hands.brain.state(), asked, hands.brain.now());
    }

    private void ended(Action.Repair asked, RepairOutcome outcome) {
        hands.brain.observe(new Observation.RepairEnded(asked.repair(), outcome));
    }
}
