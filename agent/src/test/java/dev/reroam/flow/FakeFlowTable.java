package dev.reroam.flow;

import dev.reroam.linux.conntrack.Conntrack.Forgetting;
import dev.reroam.linux.conntrack.Flow;
import dev.reroam.linux.conntrack.FlowFilter;
import dev.reroam.linux.libc.Errno;
import dev.reroam.linux.libc.LinuxException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** A table that is a list. A reading needs as many advances as it is told. */
final class FakeFlowTable implements FlowTable {

    final List<Flow> flows = new ArrayList<>();
    /** Ids that the kernel will not forget. */
    final Set<Integer> refused = new HashSet<>();
    /** Ids of entries that are no more when they are to be forgotten. */
    final Set<Integer> vanishing = new HashSet<>();

    int pieces = 1;
    int advances;
    int readings;
    boolean closed;

    FakeFlowTable(Flow... flows) {
        this.flows.addAll(List.of(flows));
    }

    @Override
    public Reading read(FlowFilter filter, Consumer<Flow> consumer) {
        readings++;
        int[] left = {pieces};
        return datagrams -> {
            advances++;
            if (--left[0] > 0) {
                return false;
            }
            flows.stream().filter(filter::matches).forEach(consumer);
            return true;
        };
    }

    @Override
    public Forgetting forget(Flow flow) throws LinuxException {
        if (refused.contains(flow.id())) {
            throw new LinuxException("forget flow " + flow.original(), Errno.EBUSY);
        }
        return flows.remove(flow) && !vanishing.contains(flow.id()) ? Forgetting.FORGOTTEN : Forgetting.GONE;
    }

    @Override
    public void close() {
        closed = true;
    }
}
