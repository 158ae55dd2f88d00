package dev.reroam.tests.simulation.world;

import dev.reroam.linux.ip.IpAddress;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Who has which public address, and the way between them. Confined to its run's thread. */
public final class Internet {

    private static final long CORE = 2 * VirtualTime.MILLI;

    /** Somebody who can be sent to. */
    public interface Attached {
        /** How long a packet takes from the core to it, nanoseconds. */
        long inbound();

        /** A packet is there. */
        void arrive(Packet packet);
    }

    private final VirtualTime time;
    private final Map<IpAddress, Attached> owners = new HashMap<>();

    Internet(VirtualTime time) {
        this.time = time;
    }

    /** From now on the address is this one's. */
    void give(IpAddress address, Attached owner) {
        owners.put(address, owner);
    }

    /** The address is nobody's. */
    void take(IpAddress address) {
        owners.remove(address);
    }

    @Nullable
    Attached owner(IpAddress address) {
        return owners.get(address);
    }

    /** Carries a packet that reaches the core after {@code outbound} nanoseconds. */
    void carry(Packet packet, long outbound) {
        Attached owner = owners.get(packet.to().address());
        if (owner != null) {
            time.in(outbound + CORE + owner.inbound(), () -> {
                // Whose it is may have changed on the way.
                if (owners.get(packet.to().address()) == owner) {
                    owner.arrive(packet);
                }
            });
        }
    }
}
