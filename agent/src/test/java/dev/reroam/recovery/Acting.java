package dev.reroam.recovery;

import dev.reroam.recovery.Action.Note;
import dev.reroam.recovery.Observation.DeviceSeen;
import dev.reroam.recovery.Observation.RepairEnded;
import dev.reroam.recovery.Observation.RepairOutcome;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;

/** What becomes of the brain's actions in a {@link World}: it plays ACT, and tells the outcomes. */
final class Acting {

    private final World world;
    private final Recovery recovery;

    Acting(World world, Recovery recovery) {
        this.world = world;
        this.recovery = recovery;
    }

    /** The brain wishes this. */
    void act(Action action) {
        world.watcher.accept(action);
        switch (action) {
            case Action.Refresh refresh -> {
                if (world.outcome instanceof RepairOutcome.Done) {
                    refresh.peers()
                            .forEach(sent -> refreshed(world.peers.get(
                                    new TunnelId(refresh.device().name(), sent.key()))));
                }
                after(World.MS / 10, new RepairEnded(refresh.repair(), world.outcome));
            }
            case Action.Rebind rebind -> writeDown(rebind, () -> new RepairOutcome.Done());
            case Action.NewPort port ->
                writeDown(port, () -> {
                    world.changing.run();
                    listen(port.device().name(), 50_000);
                    return new RepairOutcome.PortChanged(50_000);
                });
            case Action.RestorePort restore -> {
                listen(restore.device().name(), restore.port());
                after(World.MS / 10, new RepairEnded(restore.repair(), world.outcome));
            }
            case Action.SetEndpoint set -> {
                World.Peer peer = world.peers.get(new TunnelId(set.device().name(), set.key()));
                boolean wanted =
                        recovery.wants(world.state, set, world.now) && peer.endpoint.equals(Optional.of(set.from()));
                if (wanted && world.outcome instanceof RepairOutcome.Done) {
                    peer.endpoint = Optional.of(set.to());
                }
                after(
                        World.MS / 10,
                        new RepairEnded(set.repair(), wanted ? world.outcome : new RepairOutcome.NotWanted()));
            }
            case Action.ForgetFlows forget -> {
                world.forgetting.run();
                after(World.MS / 10, new RepairEnded(forget.repair(), world.flows));
            }
            case Action.Steer steer -> {
                if (world.outcome instanceof RepairOutcome.Done) {
                    steer.endpoints().forEach(endpoint -> world.steered.put(endpoint, steer.to()));
                }
                after(World.MS / 10, new RepairEnded(steer.repair(), world.outcome));
                world.later(World.MS / 2, world::routed);
            }
            case Action.Unsteer unsteer -> {
                unsteer.endpoints().forEach(world.steered::remove);
                after(World.MS / 10, new RepairEnded(unsteer.repair(), world.outcome));
                world.later(World.MS / 2, world::routed);
            }
            case Action.RewriteSourcePorts rewrite -> {
                if (world.rewriting instanceof RepairOutcome.Done) {
                    rewrite.flows().forEach(flow -> world.rewritten.add(flow.key()));
                }
                after(World.MS / 10, new RepairEnded(rewrite.repair(), world.rewriting));
            }
            case Action.RestoreSourcePorts restore -> {
                restore.flows().forEach(flow -> world.rewritten.remove(flow.key()));
                after(World.MS / 10, new RepairEnded(restore.repair(), new RepairOutcome.Done()));
            }
            case Action.RestartOwner restart -> {
                world.restarting.run();
                after(World.SECOND, new RepairEnded(restart.repair(), world.outcome));
            }
            case Action.Repair repair -> after(World.MS / 10, new RepairEnded(repair.repair(), world.outcome));
            case Action.ReadDevice read -> {
                if (world.devices.containsKey(read.device())) {
                    after(World.MS / 2, new DeviceSeen(world.devices.get(read.device()), List.of(), List.of()));
                }
            }
            case Action.SendEcho echo -> {
                World.Peer peer = world.peers.get(echo.tunnel());
                peer.sent += 128;
                if (peer.carries() && peer.echoes) {
                    after(peer.roundTrip, new Observation.EchoAnswered(echo.tunnel(), echo.echo(), peer.roundTrip));
                } else if (peer.carries()) {
                    after(
                            10 * World.SECOND,
                            new Observation.DeviceGone(echo.tunnel().toString(), ""));
                }
            }
            case Action.UnderRepair repair -> {}
            case Action.RepairOver over -> {}
            case Action.AskThroughTunnel ask -> {
                World.Peer peer = world.peers.get(ask.tunnel());
                peer.sent += 96;
                if (peer.carries() && peer.echoes) {
                    after(peer.roundTrip, new Observation.ThroughAnswered(ask.tunnel(), ask.echo(), peer.roundTrip));
                }
            }
            case Action.AskUplink ask -> {}
            case Action.KickNode kick -> after(World.MS, new Observation.NodeKicked(kick.repair(), world.kicking));
            case Action.PingNode ping -> {
                boolean answers = world.answering.test(ping.peer().name());
                after(
                        20 * World.MS,
                        new Observation.NodePinged(
                                ping.ping(),
                                ping.peer().name(),
                                true,
                                answers ? OptionalLong.of(20 * World.MS) : OptionalLong.empty()));
            }
            case Action.EndNodeConnections gone -> {}
            case Action.EndControl silent -> {}
            case Action.SteerNode steer -> after(World.MS, new Observation.NodeSteered(steer.repair(), world.kicking));
            case Action.UnsteerNode steer -> {}
            case Action.ForgetNodeFlows forget -> {}
            case Action.MeasureMtu measure -> {}
            case Action.AskName ask -> after(5 * World.MS, world.naming.apply(ask.tunnel()));
            case Action.EndConnections gone -> {}
            case Action.SpareConnections back -> {}
            case Action.AskHostRoute ask ->
                world.pinned.ifPresent(route -> after(0, new Observation.HostRouteSeen(ask.tunnel(), route)));
            case Action.AskPaths ask -> {}
            case Note note -> {}
        }
    }

    private void writeDown(Action.Setting repair, Supplier<RepairOutcome> change) {
        world.later(world.writing.getAsLong(), () -> {
            if (!(world.outcome instanceof RepairOutcome.Done)) {
                world.take(new RepairEnded(repair.repair(), world.outcome));
            } else if (recovery.wants(world.state, repair, world.now)) {
                after(world.telling.getAsLong(), new RepairEnded(repair.repair(), change.get()));
            } else {
                world.take(new RepairEnded(repair.repair(), new RepairOutcome.NotWanted()));
            }
        });
    }

    private void listen(String device, int port) {
        world.devices.computeIfPresent(device, (name, was) -> was.listening(port));
    }

    private static void refreshed(World.Peer peer) {
        peer.sent += 32;
        if (peer.eaten > 0) {
            peer.eaten--;
        } else {
            peer.using = peer.way;
        }
    }

    private void after(long nanos, Observation what) {
        world.later(nanos, () -> happen(what));
    }

    private void happen(Observation what) {
        switch (what) {
            case DeviceSeen seen -> world.read(seen.device().name());
            case Observation.EchoAnswered answer -> {
                World.Peer peer = world.peers.get(answer.tunnel());
                peer.received += 128;
                world.take(answer);
            }
            case RepairEnded ended -> world.take(ended);
            case Observation.DeviceGone keepalive -> {
                // The far side's passive keepalive, by the only name at hand.
                world.peers.values().stream()
                        .filter(peer -> peer.id.toString().equals(keepalive.device()))
                        .forEach(peer -> peer.received += peer.carries() ? 32 : 0);
            }
            default -> world.take(what);
        }
    }
}
