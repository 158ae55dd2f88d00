package dev.reroam.tests.simulation.world;

import dev.reroam.linux.ip.Endpoint;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The truth: would a packet that is sent now arrive? Looks, and changes nothing. */
public final class Reach {

    /** Ours: a line that loses more than this carries nothing that anybody could rely on. */
    private static final int USABLE_LOSS = 100;
    /** Ours: one that has become so slow is past what a proof may wait for. */
    private static final long USABLE_DELAY = 500 * VirtualTime.MILLI;

    private final World world;

    public Reach(World world) {
        this.world = world;
    }

    /** Whether it leaves where the kernel would send a fresh packet: not so while it is sticky elsewhere. */
    public boolean isOnItsWay(World.Link link) {
        WgDevice device = link.near().device();
        Sticky sticky = link.near().sticky().orElse(null);
        return link.near()
                .endpoint()
                .filter(to -> world.box()
                        .egress(device, sticky, to)
                        .wan()
                        .equals(world.box().way(to)))
                .isPresent();
    }

    /** Whether the line that a fresh packet takes carries both ways; what comes may come over another one. */
    public boolean isOnASoundWay(World.Link link) {
        return isOnItsWay(link)
                && link.near()
                        .endpoint()
                        .flatMap(world.box()::way)
                        .filter(Reach::passes)
                        .isPresent();
    }

    /** Whether a NAT on its way, or on the way that a fresh packet takes, ends flows that are used. */
    public boolean endsFlows(World.Link link) {
        WgDevice device = link.near().device();
        Sticky sticky = link.near().sticky().orElse(null);
        Optional<Wan> leaves = link.near()
                .endpoint()
                .flatMap(to -> world.box().egress(device, sticky, to).wan());
        return link.far().endsFlows()
                || leaves.filter(Reach::endsFlows).isPresent()
                || world.box().way().filter(Reach::endsFlows).isPresent();
    }

    /** The same of any way that it may be held on while routes flap. */
    public boolean endsFlowsAnywhere(World.Link link) {
        return link.far().endsFlows() || world.box().wans().stream().anyMatch(Reach::endsFlows);
    }

    private static boolean endsFlows(Wan wan) {
        return wan.nat().filter(Nat::endsFlows).isPresent();
    }

    /** Whether packets pass both ways as both ends would send them now. */
    public boolean carries(World.Link link) {
        return out(link, link.near().sticky().orElse(null)) && in(link) && isHeeded(link);
    }

    /**
     * Whether each end knows the session that the other one uses: not so while one has just started anew, or keeps one that
     * was never used instead (noise.c add_new_keypair). WireGuard finds that out by itself after 15 s, and nothing can
     * hurry it.
     */
    public boolean isHeeded(World.Link link) {
        return isHeeded(link.near(), link.far().peer()) && isHeeded(link.far().peer(), link.near());
    }

    private static boolean isHeeded(WgPeer speaker, WgPeer listener) {
        return !speaker.hasSession() || listener.understands(speaker);
    }

    /** Whether a packet would get to the far end if the box sent it the way that the kernel would choose. */
    public boolean reachable(World.Link link) {
        return out(link, null);
    }

    /** Whether a packet of the box gets there, as it would send it now. */
    public boolean out(World.Link link) {
        return out(link, link.near().sticky().orElse(null));
    }

    /** Whether the line carries both ways, to whomever. */
    public static boolean passes(Wan wan) {
        return passesOut(wan) && passesIn(wan);
    }

    private static boolean passesOut(Wan wan) {
        Conditions line = wan.conditions();
        return wan.carries() && !line.deafOut() && line.lossOut() <= USABLE_LOSS && line.delay() <= USABLE_DELAY;
    }

    private static boolean passesIn(Wan wan) {
        Conditions line = wan.conditions();
        return wan.carries() && !line.deafIn() && line.lossIn() <= USABLE_LOSS && line.delay() <= USABLE_DELAY;
    }

    private boolean out(World.Link link, @Nullable Sticky sticky) {
        WgDevice device = link.near().device();
        Optional<Endpoint> to = link.near().endpoint();
        if (!device.up() || to.isEmpty() || world.box().isStuck(device.port())) {
            return false;
        }
        Wan wan = world.box().egress(device, sticky, to.get()).wan().orElse(null);
        if (wan == null || !passesOut(wan)) {
            return false;
        }
        var from = world.box().leavesFrom(wan, device, to.get());
        Optional<Endpoint> outer =
                wan.nat().map(nat -> nat.wouldLeaveBy(from, to.get())).orElse(Optional.of(from));
        return outer.isPresent() && admits(link.far(), outer.get(), to.get());
    }

    private boolean admits(FarHost far, Endpoint from, Endpoint to) {
        if (!far.online() || world.internet().owner(to.address()) != far) {
            return false;
        }
        Optional<Endpoint> inner = far.nat().map(nat -> nat.in(from, to)).orElse(Optional.of(to));
        return inner.filter(far.inside()::equals).isPresent();
    }

    /** Whether a packet of the far end gets to the box, as it would send it now. */
    public boolean in(World.Link link) {
        FarHost far = link.far();
        Optional<Endpoint> to = far.peer().endpoint();
        if (!far.online() || to.isEmpty() || !(world.internet().owner(to.get().address()) instanceof Wan wan)) {
            return false;
        }
        if (!passesIn(wan)) {
            return false;
        }
        Optional<Endpoint> from =
                far.nat().map(nat -> nat.wouldLeaveBy(far.inside(), to.get())).orElse(Optional.of(far.inside()));
        Optional<Endpoint> inner = from.flatMap(
                outer -> wan.nat().map(nat -> nat.in(outer, to.get())).orElse(to));
        int port = link.near().device().port();
        return inner.filter(at ->
                        at.address().equals(wan.address()) && world.box().portOf(from.orElseThrow(), at, wan) == port)
                .isPresent();
    }
}
