package dev.reroam.tunnel.wireguard.see;

import dev.reroam.linux.libc.LinuxException;
import dev.reroam.linux.netlink.MalformedMessageException;
import dev.reroam.recovery.DeviceFacts.DeviceKind;
import dev.reroam.tunnel.wireguard.KernelDevices;
import java.util.function.Consumer;

/** A device of kernel WireGuard. Confined to the agent loop. */
final class KernelSource implements DeviceSource {

    private final KernelDevices kernel;
    private final int interfaceIndex;

    KernelSource(KernelDevices kernel, int interfaceIndex) {
        this.kernel = kernel;
        this.interfaceIndex = interfaceIndex;
    }

    @Override
    public void read(Consumer<DeviceReading> then) {
        then.accept(reading());
    }

    @Override
    public void close() {
        kernel.forget(interfaceIndex);
    }

    private DeviceReading reading() {
        try {
            return kernel.read(interfaceIndex)
                    .<DeviceReading>map(device -> new DeviceReading.Told(device, DeviceKind.KERNEL, ""))
                    .orElseGet(() -> new DeviceReading.NoDevice("the kernel has no such WireGuard device"));
        } catch (LinuxException e) {
            return DeviceReading.failed(e.errno(), String.valueOf(e.getMessage()));
        } catch (MalformedMessageException e) {
            return new DeviceReading.Failed(String.valueOf(e.getMessage()), true);
        }
    }
}
