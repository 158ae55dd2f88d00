package dev.reroam.tunnel.wireguard.see;

import dev.reroam.linux.wireguard.WireGuardDevice;
import dev.reroam.recovery.DeviceFacts.DeviceKind;

/** What came of reading a device. Immutable. */
sealed interface DeviceReading {

    /**
     * The device as it is.
     *
     * @param note why it is only watched, or what else a person should know; may be empty
     */
    record Told(WireGuardDevice device, DeviceKind kind, String note) implements DeviceReading {}

    /** There is no such device (any more), or it is none of ours. */
    record NoDevice(String why) implements DeviceReading {}

    /** It is there and cannot be read. */
    record Unreadable(String why) implements DeviceReading {}
}
