package dev.reroam.portmap;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.portmap.gateway.AddressKind;
import dev.reroam.portmap.gateway.Protocol;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Is what the gateway says of itself news, and must everything be mapped anew for it? That it forgot, that it is there, that
 * it has another outer address. A part of {@link UplinkStep}; {@link Remapping} follows.
 */
final class Signs {

    private final Draft draft;

    Signs(Draft draft) {
        this.draft = draft;
    }

    Damping damping(Cause cause) {
        return draft.dampings.getOrDefault(cause, Damping.fresh(draft.now));
    }

    void happened(Cause cause, Optional<News> news) {
        draft.dampings.put(cause, damping(cause).happened(news, draft.now));
    }

    void onForgot(Protocol protocol, String why) {
        Damping damping = damping(Cause.FORGOT);
        // Each protocol tells of the same restart.
        happened(
                Cause.FORGOT,
                damping.inBurst(draft.now) ? damping.news() : Optional.of(new News.Forgot(protocol, why)));
    }

    void onAnnounced(Protocol protocol) {
        boolean told = Stream.of(Cause.FORGOT, Cause.ADDRESS)
                .anyMatch(cause -> damping(cause).inBurst(draft.now));
        if (!told) {
            happened(Cause.ANNOUNCED, Optional.of(new News.Announced(protocol)));
        }
    }

    void onExternalAddress(Protocol protocol, IpAddress address) {
        if (AddressKind.of(address) == AddressKind.NONSENSE) {
            // The gateway has no connection just now; another announcement comes when it has.
            draft.dropped++;
            return;
        }
        Optional.ofNullable(draft.externals.put(protocol, address)).ifPresent(known -> onAddresses(known, address));
    }

    /**
     * What a mapping has now and had before is compared, and not what another mapping has: a gateway may have several outer
     * addresses. Of the mappings that have another address now the first tells it.
     */
    void onGrantedAddress(Protocol protocol, Optional<IpAddress> former, IpAddress address) {
        boolean known = address.equals(draft.externals.put(protocol, address));
        if (!known) {
            former.ifPresent(was -> onAddresses(was, address));
        }
    }

    private void onAddresses(IpAddress was, IpAddress is) {
        if (was.equals(is)) {
            return;
        }
        // What waits to be told begins where it began, and may end there too.
        IpAddress from = damping(Cause.ADDRESS)
                .news()
                .filter(News.ExternalAddressChanged.class::isInstance)
                .map(waiting -> ((News.ExternalAddressChanged) waiting).before())
                .orElse(was);
        happened(
                Cause.ADDRESS,
                from.equals(is) ? Optional.empty() : Optional.of(new News.ExternalAddressChanged(from, is)));
    }
}
