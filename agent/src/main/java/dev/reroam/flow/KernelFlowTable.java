package dev.reroam.flow;

import dev.reroam.linux.conntrack.Conntrack;
import dev.reroam.linux.conntrack.Flow;
import dev.reroam.linux.conntrack.FlowFilter;
import dev.reroam.linux.libc.LinuxException;
import dev.reroam.linux.netlink.MalformedMessageException;
import java.util.function.Consumer;

/** The table of the real kernel. Confined to the agent loop. */
final class KernelFlowTable implements FlowTable {

    private final Conntrack conntrack;

    KernelFlowTable(Conntrack conntrack) {
        this.conntrack = conntrack;
    }

    @Override
    public Reading read(FlowFilter filter, Consumer<Flow> consumer) throws LinuxException {
        var stream = conntrack.stream(filter, consumer);
        return datagrams -> stream.advance(datagrams).isPresent();
    }

    @Override
    public Conntrack.Forgetting forget(Flow flow) throws LinuxException, MalformedMessageException {
        return conntrack.forget(flow);
    }

    @Override
    public void close() {
        conntrack.close();
    }
}
