package dev.reroam.tests.simulation.world;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An uplink of the box: the interface, what it is configured with, the gateway's NAT and the line behind it. Confined to its
 * run's thread.
 */
public final class Wan implements Internet.Attached {

    private final Box box;
    private final Internet internet;
    private final Chance chance;
    private final String name;
    private final @Nullable Nat nat;
    private int index;
    private IpAddress address;
    private IpAddress gateway;
    private int metric;
    private boolean carrier = true;
    private boolean present = true;
    private boolean routed = true;
    private Conditions conditions;

    Wan(
            Box box,
            Internet internet,
            Chance chance,
            String name,
            int index,
            IpAddress address,
            IpAddress gateway,
            int metric,
            @Nullable Nat nat,
            Conditions conditions) {
        this.box = box;
        this.internet = internet;
        this.chance = chance;
        this.name = name;
        this.index = index;
        this.address = address;
        this.gateway = gateway;
        this.metric = metric;
        this.nat = nat;
        this.conditions = conditions;
        internet.give(outside(), this);
    }

    public String name() {
        return name;
    }

    public int index() {
        return index;
    }

    public IpAddress address() {
        return address;
    }

    public IpAddress gateway() {
        return gateway;
    }

    /** The least is preferred. */
    public int metric() {
        return metric;
    }

    /** The cable is in. */
    public boolean carrier() {
        return carrier;
    }

    /** The interface exists and is up. */
    public boolean present() {
        return present;
    }

    /** A default route leads here. */
    public boolean routed() {
        return routed && present;
    }

    /** Empty where the box itself has a public address. */
    public Optional<Nat> nat() {
        return Optional.ofNullable(nat);
    }

    public Conditions conditions() {
        return conditions;
    }

    /** What the world sees. */
    public IpAddress outside() {
        return nat == null ? address : nat.address();
    }

    /** Whether a packet that leaves here is going anywhere. */
    boolean carries() {
        return present && carrier;
    }

    void send(Packet packet) {
        if (!carries() || conditions.deafOut() || chance.permille(conditions.lossOut())) {
            return;
        }
        Optional<Packet> leaves = nat == null ? Optional.of(packet) : nat.out(packet);
        leaves.ifPresent(out -> {
            internet.carry(out, conditions.takes(chance));
            if (chance.permille(conditions.duplicated())) {
                internet.carry(out, conditions.takes(chance));
            }
        });
    }

    @Override
    public long inbound() {
        return conditions.takes(chance);
    }

    @Override
    public void arrive(Packet packet) {
        if (!carries() || conditions.deafIn() || chance.permille(conditions.lossIn())) {
            return;
        }
        Optional<Endpoint> inner = nat == null ? Optional.of(packet.to()) : nat.in(packet.from(), packet.to());
        inner.filter(to -> to.address().equals(address)).ifPresent(to -> box.arrive(packet.to(to), this));
    }

    void conditions(Conditions now) {
        conditions = now;
    }

    void carrier(boolean now) {
        carrier = now;
    }

    void routed(boolean now) {
        routed = now;
    }

    void metric(int now) {
        metric = now;
    }

    /** The interface goes or comes; a new one has another number. */
    void present(boolean now, int newIndex) {
        present = now;
        index = newIndex;
    }

    void gateway(IpAddress now) {
        gateway = now;
    }

    /** Another address of ours; where nobody translates, it is what the world sees. */
    void address(IpAddress now) {
        if (nat == null) {
            internet.take(address);
            internet.give(now, this);
        }
        address = now;
    }

    /** The gateway has another address towards the world. */
    void outside(IpAddress now, boolean forgets) {
        if (nat == null) {
            return;
        }
        internet.take(nat.address());
        nat.becomes(now, forgets);
        internet.give(now, this);
    }
}
