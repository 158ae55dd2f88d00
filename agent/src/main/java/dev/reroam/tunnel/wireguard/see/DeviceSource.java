package dev.reroam.tunnel.wireguard.see;

import java.util.function.Consumer;

/** Where one device is read from. Confined to the agent loop. */
interface DeviceSource {

    /** Reads it; {@code then} is called once, on the loop, perhaps before this returns. */
    void read(Consumer<DeviceReading> then);

    /** No more readings. */
    void close();
}
