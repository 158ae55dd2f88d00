package dev.reroam.tests.simulation.world;

import java.util.Set;

/** What may happen to a world: each is made, and announced as the kernel would. Confined to its run's thread. */
public final class Changes {

    private final World world;
    private int nextIndex = 100;

    public Changes(World world) {
        this.world = world;
    }

    private Wan wan(int number) {
        return world.box().wans().get(number % world.box().wans().size());
    }

    private World.Link link(int number) {
        return world.links().get(number % world.links().size());
    }

    private void announce(String sign, Wan disturbed) {
        world.kernel().changed(sign, Set.of(disturbed.index()), false);
    }

    private void announce(String sign) {
        world.kernel().changed(sign, Set.of(), false);
    }

    /** A cable is pulled or put in; the routes stay. */
    public void carrier(int number, boolean now) {
        Wan wan = wan(number);
        if (wan.carrier() != now) {
            wan.carrier(now);
            Set<Integer> disturbed = now ? Set.of() : Set.of(wan.index());
            world.kernel().changed(wan.name() + (now ? ": carrier back" : ": carrier lost"), disturbed, true);
        }
    }

    /** A daemon takes the default route away or puts it back. */
    public void routed(int number, boolean now) {
        Wan wan = wan(number);
        if (wan.present()) {
            wan.routed(now);
            announce("default route " + (now ? "new: " : "gone: ") + wan.name());
        }
    }

    /** This uplink is the preferred one from now on; all others are as good as before. */
    public void prefer(int number) {
        Wan wan = wan(number);
        int least = world.box().wans().stream().mapToInt(Wan::metric).min().orElse(0);
        wan.metric(least - 1);
        announce("default route new: " + wan.name());
    }

    /** The lease brought another address of ours. */
    public void address(int number) {
        Wan wan = wan(number);
        boolean hidden = wan.nat().isPresent();
        wan.address(hidden ? world.inside(number % world.box().wans().size()) : world.fresh());
        forwardsFollow(wan);
        announce(wan.name() + ": address new", wan);
    }

    /** Another router took the first one's place, with another address on both sides. */
    public void gateway(int number) {
        Wan wan = wan(number);
        wan.gateway(world.inside(number % world.box().wans().size()));
        wan.outside(world.fresh(), true);
        announce("default route new: " + wan.name());
    }

    /** The interface goes, and with it its address and routes. */
    public void gone(int number) {
        Wan wan = wan(number);
        int was = wan.index();
        wan.present(false, was);
        world.kernel().changed(wan.name() + ": gone", Set.of(was), false);
    }

    /** It comes back under another number and another address. */
    public void again(int number) {
        Wan wan = wan(number);
        wan.present(true, nextIndex++);
        wan.carrier(true);
        wan.address(
                wan.nat().isPresent() ? world.inside(number % world.box().wans().size()) : world.fresh());
        forwardsFollow(wan);
        announce(wan.name() + ": new, running");
    }

    private void forwardsFollow(Wan wan) {
        for (WgDevice device : world.box().devices()) {
            wan.nat().ifPresent(nat -> nat.forwardsTo(device.port(), wan.address()));
        }
    }

    /** Nothing is announced of what happens upstream. */
    public void outside(int number, boolean forgets) {
        wan(number).outside(world.fresh(), forgets);
    }

    /** The gateway starts anew. */
    public void reboot(int number) {
        wan(number).nat().ifPresent(Nat::reboot);
    }

    public void line(int number, Conditions now) {
        wan(number).conditions(now);
    }

    public Conditions line(int number) {
        return wan(number).conditions();
    }

    /** The box's own connection tracking has a wrong entry for the device's packets. */
    public void stuck(int number) {
        world.box().stuck(link(number).near().device().port());
    }

    public void unstuck() {
        world.box().unstuck();
    }

    public void online(int number, boolean now) {
        if (link(number).far().online() != now) {
            link(number).far().online(now);
        }
    }

    /** The far end's own WAN changes. */
    public void farMoves(int number) {
        link(number).far().moves(world.fresh());
    }

    public void deviceGone(int number) {
        WgDevice device = link(number).near().device();
        device.down();
        world.kernel().device(device.name());
    }

    public void deviceAgain(int number) {
        WgDevice device = link(number).near().device();
        device.again(nextIndex++);
        world.kernel().device(device.name());
    }

    /** Something is announced that means nothing: a busy LAN, a table that flickers. */
    public void noise() {
        announce("default route new: elsewhere");
    }
}
