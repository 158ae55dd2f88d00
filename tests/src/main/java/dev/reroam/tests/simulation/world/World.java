package dev.reroam.tests.simulation.world;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.ip.IpFamily;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** A whole network, made from a {@link Plan}. Confined to its run's thread. */
public final class World {

    private static final int GATEWAY = 0x0a000001;
    private static final int OUTSIDE = 0xcb007101;
    private static final int FAR = 0xc6330001;
    private static final int FAR_INSIDE = 0xac100001;
    private static final int SERVER = 0xc0000201;
    private static final int STUN_PORT = 3_478;
    private static final int FIRST_PORT = 51_820;
    private static final int FREE_PORT = 40_000;
    private static final int FIRST_WAN = 2;
    private static final int FIRST_DEVICE = 20;

    private final VirtualTime time;
    private final Chance chance;
    private final Internet internet;
    private final Box box;
    private final List<StunServer> servers = new ArrayList<>();
    private final List<Link> links = new ArrayList<>();
    private final List<Traffic> traffic = new ArrayList<>();
    private Kernel kernel = new Kernel() {
        @Override
        public void changed(String sign, Set<Integer> disturbed, boolean carrier) {}

        @Override
        public void device(String name) {}
    };
    private int drawn;

    /** Both ends of a tunnel. */
    public record Link(Plan.OfPeer plan, WgPeer near, FarHost far) {}

    public World(Plan plan) {
        time = new VirtualTime(plan.start());
        chance = new Chance(plan.seed());
        internet = new Internet(time);
        box = new Box(plan.routing());
        for (int i = 0; i < plan.wans().size(); i++) {
            box.add(wan(i, plan.wans().get(i)));
        }
        for (int i = 0; i < plan.servers().size(); i++) {
            var address = new Endpoint(v4(SERVER + i), STUN_PORT);
            servers.add(new StunServer(internet, address, plan.servers().get(i)));
        }
        for (int i = 0; i < plan.devices().size(); i++) {
            device(i, plan.devices().get(i));
        }
    }

    private Wan wan(int number, Plan.OfWan plan) {
        IpAddress address = plan.nat().isPresent() ? inside(number) : fresh();
        Nat nat = plan.nat()
                .map(kind -> new Nat(kind, fresh(), time, chance.fork("nat" + number)))
                .orElse(null);
        return new Wan(
                box,
                internet,
                chance.fork("wan" + number),
                "wan" + (number + 1),
                FIRST_WAN + number,
                address,
                v4(GATEWAY + (number << 16)),
                number + 1,
                nat,
                plan.conditions());
    }

    private void device(int number, Plan.OfDevice plan) {
        var device = new WgDevice(
                box,
                "wg" + number,
                "box" + number,
                plan.kernel(),
                FIRST_DEVICE + number,
                (plan.free() ? FREE_PORT : FIRST_PORT) + number,
                time,
                chance.fork("device" + number));
        box.add(device);
        if (!plan.free()) {
            forward(device);
        }
        for (Plan.OfPeer peer : plan.peers()) {
            links.add(link(device, peer, links.size()));
        }
    }

    /** Every uplink forwards the device's port. */
    private void forward(WgDevice device) {
        for (Wan wan : box.wans()) {
            wan.nat().ifPresent(nat -> nat.forward(device.port(), new Endpoint(wan.address(), device.port())));
        }
    }

    private Link link(WgDevice device, Plan.OfPeer plan, int number) {
        Nat nat = plan.nat()
                .map(kind -> new Nat(kind, v4(FAR + number), time, chance.fork("farnat" + number)))
                .orElse(null);
        IpAddress inside = nat == null ? v4(FAR + number) : v4(FAR_INSIDE + number);
        var far =
                new FarHost(internet, inside, nat, new FarHost.Manners(plan.echoes(), plan.everything()), plan.delay());
        String key = String.format(java.util.Locale.ROOT, "peer%04d", number);
        var farDevice = new WgDevice(far, "far", key, true, 1, FIRST_PORT, time, chance.fork("far" + number));
        Endpoint ours = new Endpoint(box.wans().getFirst().outside(), device.port());
        WgPeer back = farDevice.add(device.key(), plan.theyKnow() ? ours : null, plan.farKeepalive());
        far.made(farDevice, back);
        if (nat != null && plan.weKnow()) {
            // Who is to be found behind a NAT has its port forwarded there.
            nat.forward(FIRST_PORT, far.inside());
        }
        WgPeer near = device.add(key, plan.weKnow() ? new Endpoint(far.outside(), FIRST_PORT) : null, plan.keepalive());
        traffic.add(new Traffic(time, chance.fork("traffic" + number), near, far, plan.traffic(), plan.every()));
        return new Link(plan, near, far);
    }

    /** Everybody begins. */
    public void start() {
        for (Link link : links) {
            if (link.plan().online()) {
                link.far().peer().configured();
            } else {
                link.far().online(false);
            }
            link.near().configured();
        }
        traffic.forEach(Traffic::start);
    }

    /** An address of a network behind a gateway that nobody had before. */
    IpAddress inside(int wan) {
        return v4(GATEWAY + (wan << 16) + 1 + ++drawn);
    }

    /** A public address that nobody had before. */
    IpAddress fresh() {
        return v4(OUTSIDE + drawn++);
    }

    private static IpAddress v4(int bits) {
        return new IpAddress(IpFamily.V4, 0, Integer.toUnsignedLong(bits));
    }

    public VirtualTime time() {
        return time;
    }

    public Box box() {
        return box;
    }

    /** Another stream of chance for this purpose. */
    public Chance chance(String purpose) {
        return chance.fork(purpose);
    }

    public List<StunServer> servers() {
        return servers;
    }

    /** The tunnels. */
    public List<Link> links() {
        return links;
    }

    Internet internet() {
        return internet;
    }

    /** Whoever is told what the kernel announces, from now on. */
    public void kernel(Kernel who) {
        kernel = who;
    }

    Kernel kernel() {
        return kernel;
    }
}
