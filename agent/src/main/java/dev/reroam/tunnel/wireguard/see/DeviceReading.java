package dev.reroam.tunnel.wireguard.see;

import dev.reroam.linux.libc.Errno;
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

    /** It is there and may not be read. */
    record Unreadable(String why) implements DeviceReading {}

    /**
     * This reading brought nothing, which says nothing of the device: the next one may.
     *
     * @param malformed an answer came that is none
     */
    record Failed(String why, boolean malformed) implements DeviceReading {}

    /** What an errno says: permission is refused for good, all else for now. */
    static DeviceReading failed(Errno errno, String why) {
        return errno.equals(Errno.EPERM) || errno.equals(Errno.EACCES) ? new Unreadable(why) : new Failed(why, false);
    }
}
